// Which split a training uses, and what it says of the data and of itself.
// Thread safety: free functions without shared state.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/examples/train_data.h"
#include "models/data/split.h"

namespace hitscope::apps {

using models::SplitKind;

struct SplitRequest {
  std::optional<SplitKind> kind;  ///< empty: column where one is given, group where there are groups, else random
  std::string test_fold;          ///< value of the split column that tests
  models::SplitConfig config;
};

/// Throws UsageError where the data lack what the split needs.
SplitKind resolved_split(const SplitRequest& request, const TrainData& data);
models::Split make_split(const SplitRequest& request, const TrainData& data, SplitKind kind);
std::vector<models::Split> make_folds(const SplitRequest& request, const TrainData& data, SplitKind kind, int n_folds);
/// Kinds that the data allow beside `kind`: for comparing splits.
std::vector<SplitKind> other_splits(const TrainData& data, SplitKind kind);

/// One sentence each: what loading found, rows and classes, features, columns left out, labels, the split.
std::vector<std::string> describe(const TrainData& data, const models::Split& split, SplitKind kind,
                                  const models::LabelScheme& labels, const models::Dataset& dataset,
                                  std::uint64_t seed);

}  // namespace hitscope::apps
