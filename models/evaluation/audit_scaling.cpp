// Columns and scalers that have the statistics of all rows: test rows took part in the scaling.
#include <cmath>
#include <stdexcept>
#include <tuple>

#include "models/evaluation/audit_checks.h"

namespace hitscope::models {
namespace {

using namespace audit_checks;

struct Moments {
  double n = 0.0;
  double mean = 0.0;
  double deviation = 0.0;  ///< ddof 0
};

template <typename Takes>
Moments moments(const std::vector<double>& values, const Takes& takes) {
  Moments m;
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (std::isfinite(values[row]) && takes(row)) m.mean += values[row], m.n += 1.0;
  }
  if (m.n == 0.0) return m;
  m.mean /= m.n;
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (std::isfinite(values[row]) && takes(row)) m.deviation += (values[row] - m.mean) * (values[row] - m.mean);
  }
  m.deviation = std::sqrt(m.deviation / m.n);
  return m;
}

/// Mean 0 and deviation 1, by either definition, to what survives the writing of a table.
bool is_standardized(const Moments& m) {
  constexpr double kTolerance = 1e-6;
  if (m.n < 2.0 || !(std::abs(m.mean) <= kTolerance)) return false;
  const double with_ddof = m.deviation * std::sqrt(m.n / (m.n - 1.0));
  return std::abs(m.deviation - 1.0) <= kTolerance || std::abs(with_ddof - 1.0) <= kTolerance;
}

/// "'tempo', 'energy' and 3 more".
std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kMost); ++i) text += (i == 0 ? "'" : ", '") + names[i] + "'";
  return names.size() > kMost ? text + " and " + std::to_string(names.size() - kMost) + " more" : text;
}

/// scikit-learn's quantile of sorted values: linear between neighbours.
double quantile(const std::vector<double>& sorted, double q) {
  const double place = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

/// Center and scale as a scaler learns them from `values`, none missing.
std::pair<double, double> learned(std::vector<double> values, Scaling scaling) {
  if (values.empty() || scaling == Scaling::kNone) return {0.0, 1.0};
  if (scaling == Scaling::kStandard) {
    const Moments m = moments(values, [](std::size_t) { return true; });
    return {m.mean, m.deviation};
  }
  std::sort(values.begin(), values.end());
  if (scaling == Scaling::kMinMax) return {values.front(), values.back() - values.front()};
  return {quantile(values, 0.5), quantile(values, 0.75) - quantile(values, 0.25)};
}

double filled_with(std::vector<double> present, Imputation imputation) {
  if (present.empty()) return 0.0;
  if (imputation == Imputation::kMean) return moments(present, [](std::size_t) { return true; }).mean;
  std::sort(present.begin(), present.end());
  if (imputation == Imputation::kMedian) return quantile(present, 0.5);
  double best = present.front();
  std::size_t most = 0;
  for (std::size_t i = 0; i < present.size();) {
    std::size_t end = i;
    while (end < present.size() && present[end] == present[i]) ++end;
    if (end - i > most) most = end - i, best = present[i];
    i = end;
  }
  return best;
}

/// What a fit on some rows of a column would have stored.
struct Statistics {
  double fill = 0.0;
  double center = 0.0;
  double scale = 1.0;
  bool has_missing = false;
};

template <typename Takes>
Statistics statistics(const std::vector<double>& values, const EncoderConfig& config, const Takes& takes) {
  std::vector<double> present;
  std::size_t n_missing = 0;
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (!takes(row)) continue;
    if (std::isnan(values[row])) {
      ++n_missing;
    } else {
      present.push_back(values[row]);
    }
  }
  Statistics result;
  result.has_missing = n_missing > 0;
  result.fill = filled_with(present, config.imputation);
  present.insert(present.end(), n_missing, result.fill);
  std::tie(result.center, result.scale) = learned(std::move(present), config.scaling);
  return result;
}

bool close(double x, double y, double scale) {
  return std::abs(x - y) <= 1e-9 * std::max(std::abs(x), scale);
}

/// Scale 1 stands for a column that does not vary.
bool same_scaling(const NumberStatistics& stored, const Statistics& s) {
  const double unit = std::abs(stored.scale);
  return close(stored.center, s.center, unit) && (close(stored.scale, s.scale, unit) || s.scale <= 1e-9 * unit);
}

}  // namespace

namespace audit_checks {

void check_scaling(const Rows& rows, std::vector<Finding>& findings) {
  if (rows.n_tests == 0) return;
  const auto& numeric = rows.input.table.numeric;
  std::vector<char> found(numeric.size());
  for_each_index(numeric.size(), [&](std::size_t i) {
    const auto& values = numeric[i].values;
    if (!is_continuous(values)) return;
    if (!is_standardized(moments(values, [](std::size_t) { return true; }))) return;
    const Split& split = *rows.input.split;
    const bool by_training =
        is_standardized(moments(values, [&](std::size_t row) { return split.part(row) == Part::kTrain; })) ||
        is_standardized(moments(values, [&](std::size_t row) { return split.part(row) != Part::kTest; }));
    found[i] = by_training ? 0 : 1;
  });
  std::vector<std::string> names;
  for (std::size_t i = 0; i < numeric.size(); ++i) {
    if (found[i] != 0) names.push_back(numeric[i].name);
  }
  if (names.empty()) return;
  findings.push_back({Severity::kLeak, AuditRule::kScaledOnAllRows, names.size() == 1 ? names[0] : "table",
                      some_of(names) + (names.size() == 1 ? " has" : " have") +
                          " mean 0 and standard deviation 1 over all rows but not over the training rows: test rows "
                          "took part in the scaling; give the table as measured, heads scale by their training rows"});
}

}  // namespace audit_checks

std::vector<Finding> audit_statistics(const FeatureTable& table, const Split& split, const TableEncoder& stored,
                                      std::string_view head) {
  std::vector<std::string> names;
  for (const NumberStatistics& number : stored.numbers()) {
    const auto column = std::find_if(table.numeric.begin(), table.numeric.end(),
                                     [&](const NumericColumn& c) { return c.name == number.name; });
    if (column == table.numeric.end()) {
      throw std::invalid_argument("the table has no numeric column '" + number.name + "', which " + std::string(head) +
                                  " was fitted on");
    }
    if (column->values.size() != split.n_rows()) {
      throw std::invalid_argument(number.name + " has " + std::to_string(column->values.size()) +
                                  " values; it must have one per row of the split, " + std::to_string(split.n_rows()));
    }
    const auto all = statistics(column->values, stored.config(), [](std::size_t) { return true; });
    const auto training =
        statistics(column->values, stored.config(), [&](std::size_t row) { return split.part(row) == Part::kTrain; });
    const double unit = std::abs(number.scale);
    const bool scaled = same_scaling(number, all) && !same_scaling(number, training);
    const bool filled =
        all.has_missing && close(number.fill, all.fill, unit) && !close(number.fill, training.fill, unit);
    if (scaled || filled) names.push_back(number.name);
  }
  if (names.empty()) return {};
  return {
      {Severity::kLeak, AuditRule::kScaledOnAllRows, std::string(head),
       "what it stored of " + some_of(names) +
           " are statistics of all rows, not of its training rows: test rows took part in the fit; train it again"}};
}

}  // namespace hitscope::models
