#include "models/data/labelling.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "models/data/quantile.h"

namespace hitscope::models::data {
namespace {

/// Whether all of `rows` have the same.
template <typename T>
bool is_constant(const std::vector<T>& targets, std::span<const std::size_t> rows) {
  return std::all_of(rows.begin(), rows.end(), [&](std::size_t row) { return targets[row] == targets[rows.front()]; });
}

[[noreturn]] void refuse_constant(const LabelScheme& scheme, std::size_t n_rows, const std::string& label) {
  throw std::invalid_argument("all " + std::to_string(n_rows) + " training row" + (n_rows == 1 ? "" : "s") +
                              " have the label " + label + ", by `labels` " + to_string(scheme.config()) +
                              "; there is nothing to learn");
}

Values values_of(const LabelScheme& scheme, const RawTargets& raw, std::span<const std::size_t> train_rows) {
  Values targets;
  for (std::size_t row = 0; row < raw.n_rows(); ++row) targets.values.push_back(scheme.value(raw, row));
  if (is_constant(targets.values, train_rows)) {
    refuse_constant(scheme, train_rows.size(), number_text(targets.values[train_rows.front()]));
  }
  return targets;
}

Classes classes_of(const LabelScheme& scheme, const RawTargets& raw, std::span<const std::size_t> train_rows) {
  Classes targets{{}, scheme.n_classes()};
  for (std::size_t row = 0; row < raw.n_rows(); ++row) {
    const auto label = scheme.label(raw, row);
    if (!label) throw std::logic_error("labelled: row " + std::to_string(row) + " has no label");
    targets.labels.push_back(*label);
  }
  if (is_constant(targets.labels, train_rows)) {
    const auto only = static_cast<std::size_t>(targets.labels[train_rows.front()]);
    refuse_constant(scheme, train_rows.size(), "'" + scheme.class_names()[only] + "'");
  }
  return targets;
}

}  // namespace

Targets labelled(const LabelScheme& scheme, const RawTargets& raw, const TrainingFold& fold) {
  if (scheme.is_regression()) return values_of(scheme, raw, fold.train_rows());
  return classes_of(scheme, raw, fold.train_rows());
}

}  // namespace hitscope::models::data
