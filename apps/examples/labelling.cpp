#include "apps/examples/labelling.h"

#include <fmt/format.h>

#include <stdexcept>

#include "apps/shell/verb.h"
#include "models/data/labelling.h"

namespace hitscope::apps::examples {
namespace {

/// make(), its errors with the table and the column before them.
template <typename Make>
auto with_column(const TrainData& data, const Make& make) {
  try {
    return make();
  } catch (const std::invalid_argument& error) {
    throw shell::UsageError(fmt::format("{}, column '{}': {}", data.table_name, data.target_column, error.what()));
  }
}

}  // namespace

models::data::LabelScheme learned_labels(const TrainData& data, const models::data::Split& split) {
  return with_column(
      data, [&] { return models::data::LabelScheme::fit(data.labels, data.raw_targets, split.training_fold()); });
}

models::data::Targets targets_of(const TrainData& data, const models::data::LabelScheme& scheme,
                                 const models::data::Split& split) {
  return with_column(data, [&] { return models::data::labelled(scheme, data.raw_targets, split.training_fold()); });
}

}  // namespace hitscope::apps::examples
