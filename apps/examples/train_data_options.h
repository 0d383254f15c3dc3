// The options that train and audit share: the table, the roles of its columns, labels and splits.
// Thread safety: free functions without shared state.
#pragma once

#include "apps/examples/train_data.h"
#include "apps/examples/train_split.h"
#include "apps/shell/command.h"

namespace hitscope::apps::examples {

/// Adds the options of the table, labels, columns and rows to leave out. `data` must outlive the command's run().
void add_data_options(shell::Command& command, TrainDataConfig& data);
/// Adds the options of the split. `data` and `split` must outlive the command's run().
void add_split_options(shell::Command& command, TrainDataConfig& data, SplitRequest& split);

}  // namespace hitscope::apps::examples
