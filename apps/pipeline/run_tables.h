// The tables of a run folder as CSV text: split.csv and predictions.csv.
// Thread safety: free functions without shared state.
#pragma once

#include <map>
#include <string>

#include "apps/pipeline/train_data.h"
#include "models/data/split.h"

namespace hitscope::apps {

/// Columns row, id, part, group: one line per row that is an example.
std::string split_csv(const TrainData& data, const models::Split& split);

/// One line per catalogue row: part and target, the heads' predictions (by head name, in the order of the test rows)
/// for test rows, or the failure.
std::string predictions_csv(const TrainData& data, const models::Split& split,
                            const std::map<std::string, models::Probabilities>& predictions);

}  // namespace hitscope::apps
