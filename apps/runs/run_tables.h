// The tables of a run folder as CSV text: split.csv and predictions.csv.
// Thread safety: free functions without shared state.
#pragma once

#include <string>

#include "apps/examples/train_data.h"
#include "apps/runs/split_result.h"

namespace hitscope::apps::runs {

/// The text of split.csv: row, id, part, group and (where they are known) hash of the clip of every example.
std::string split_csv(const examples::TrainData& data, const models::data::Split& split);
/// The text of predictions.csv: one line per row of the table with its part or the reason it is not used, its target,
/// and every head's prediction for test rows.
std::string predictions_csv(const examples::TrainData& data, const SplitResult& result);

}  // namespace hitscope::apps::runs
