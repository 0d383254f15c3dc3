// The tables of a run folder as CSV text: split.csv and predictions.csv.
// Thread safety: free functions without shared state.
#pragma once

#include <string>

#include "apps/examples/train_data.h"
#include "apps/runs/split_result.h"

namespace hitscope::apps::runs {

/// row, id, part, group of every example.
std::string split_csv(const examples::TrainData& data, const models::data::Split& split);
/// One line per row of the table: what became of it, its target, and what every head says of test rows.
std::string predictions_csv(const examples::TrainData& data, const SplitResult& result);

}  // namespace hitscope::apps::runs
