// Compares the column statistics that a run's heads stored with those of their training rows.
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "models/data/column_statistics.h"
#include "models/evaluation/audit_checks.h"

namespace hitscope::models::evaluation {
namespace {

/// The statistics that a fit on the rows accepted by `takes` would have stored.
template <typename Takes>
data::NumberStatistics statistics(const std::vector<double>& values, const data::EncoderConfig& config,
                                  const Takes& takes) {
  std::vector<double> present;
  std::size_t n_missing = 0;
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (!takes(row)) continue;
    if (data::is_missing(values[row])) {
      ++n_missing;
    } else {
      present.push_back(values[row]);
    }
  }
  data::NumberStatistics result;
  result.fill = fill_of(present, config.imputation);
  present.insert(present.end(), n_missing, result.fill);
  if (!present.empty()) learn_scale(present, config.scaling, result);
  return result;
}

bool close(double x, double y, double unit) {
  return std::abs(x - y) <= 1e-9 * std::max(std::abs(x), unit);
}

bool same_scaling(const data::NumberStatistics& stored, const data::NumberStatistics& s) {
  const double unit = std::abs(stored.scale);
  return close(stored.center, s.center, unit) && close(stored.scale, s.scale, unit);
}

bool same_fill(const data::NumberStatistics& stored, const data::NumberStatistics& s) {
  return close(stored.fill, s.fill, std::abs(stored.scale));
}

enum class Source { kTraining, kAll, kOther };

Source source_of(const data::NumberStatistics& stored, const std::vector<double>& values, const data::Split& split,
                 const data::EncoderConfig& config) {
  const auto training =
      statistics(values, config, [&](std::size_t row) { return split.part(row) == data::Part::kTrain; });
  const bool scaling = same_scaling(stored, training);
  const bool fill = same_fill(stored, training);
  if (scaling && fill) return Source::kTraining;
  const auto all = statistics(values, config, [](std::size_t) { return true; });
  return (scaling || same_scaling(stored, all)) && (fill || same_fill(stored, all)) ? Source::kAll : Source::kOther;
}

const std::vector<double>& column_of(const data::FeatureTable& table, const data::Split& split, const std::string& name,
                                     std::string_view head) {
  const auto column = std::find_if(table.numeric.begin(), table.numeric.end(),
                                   [&](const data::NumericColumn& c) { return c.name == name; });
  if (column == table.numeric.end()) {
    throw std::invalid_argument("the table has no numeric column '" + name + "', which " + std::string(head) +
                                " was fitted on");
  }
  if (column->values.size() != split.n_rows()) {
    throw std::invalid_argument(name + " has " + std::to_string(column->values.size()) +
                                " values; it must have one per row of the split, " + std::to_string(split.n_rows()));
  }
  return column->values;
}

}  // namespace

std::vector<Finding> audit_statistics(const data::FeatureTable& table, const data::Split& split,
                                      const data::TableEncoder& stored, std::string_view head) {
  std::vector<std::string> of_all;
  std::vector<std::string> of_others;
  for (const data::NumberStatistics& number : stored.numbers()) {
    const Source source = source_of(number, column_of(table, split, number.name, head), split, stored.config());
    if (source == Source::kAll) of_all.push_back(number.name);
    if (source == Source::kOther) of_others.push_back(number.name);
  }
  std::vector<Finding> findings;
  const auto add = [&](const std::vector<std::string>& names, const char* what) {
    if (names.empty()) return;
    findings.push_back({Severity::kLeak, AuditRule::kScaledOnAllRows, std::string(head),
                        "the stored statistics of " + some_of(names) + what});
  };
  add(of_all, " are those of all rows, not of the training rows: test rows took part in the fit; train it again");
  add(of_others,
      " are not those of the training rows of this split: the run belongs to another table, split or version, and test "
      "rows may have taken part in the fit; audit it with its own table, or train it again");
  return findings;
}

}  // namespace hitscope::models::evaluation
