#include "apps/examples/labelling.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <stdexcept>

#include "apps/shell/progress.h"
#include "apps/shell/verb.h"
#include "apps/shell/words.h"

namespace hitscope::apps::examples {
namespace {

/// A head that has seen one answer only has nothing to tell apart, and its score would mean nothing.
template <typename T>
void check_varied(const TrainData& data, const std::vector<T>& targets, std::span<const std::size_t> rows,
                  const std::function<std::string(T)>& shown) {
  const T first = targets[rows.front()];
  if (std::any_of(rows.begin(), rows.end(), [&](std::size_t row) { return targets[row] != first; })) return;
  throw shell::UsageError(fmt::format(
      "{}: all {} have the label {}, by --labels {} of column '{}'; there is nothing to learn", data.table_name,
      shell::count_of(rows.size(), "training row"), shown(first), to_string(data.labels), data.target_column));
}

}  // namespace

models::data::LabelScheme learned_labels(const TrainData& data, const models::data::Split& split) {
  try {
    return models::data::LabelScheme::fit(data.labels, data.raw_targets, split.training_fold());
  } catch (const std::invalid_argument& error) {
    throw shell::UsageError(fmt::format("{}, column '{}': {}", data.table_name, data.target_column, error.what()));
  }
}

models::data::Dataset labelled(const TrainData& data, const models::data::LabelScheme& scheme,
                               const models::data::Split& split) {
  models::data::Dataset dataset = data.dataset;
  dataset.n_classes = scheme.n_classes();
  const models::data::TrainingFold fold = split.training_fold();
  if (scheme.is_regression()) {
    for (std::size_t row = 0; row < dataset.n_rows; ++row) {
      dataset.values.push_back(scheme.value(data.raw_targets, row));
    }
    check_varied<double>(data, dataset.values, fold.train_rows(),
                         [](double value) { return fmt::format("{}", value); });
    return dataset;
  }
  for (std::size_t row = 0; row < dataset.n_rows; ++row) {
    const auto label = scheme.label(data.raw_targets, row);
    if (!label) throw std::logic_error("labelled: a row without a label became an example");
    dataset.targets.push_back(*label);
  }
  check_varied<int>(data, dataset.targets, fold.train_rows(),
                    [&](int label) { return "'" + scheme.class_names()[static_cast<std::size_t>(label)] + "'"; });
  return dataset;
}

}  // namespace hitscope::apps::examples
