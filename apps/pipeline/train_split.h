// Which split a training uses, and what it says of the data and of itself.
// Thread safety: free functions without shared state.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/pipeline/train_data.h"
#include "models/data/split.h"

namespace hitscope::apps {

enum class SplitKind { kGroup, kRandom, kColumn };
std::string_view to_string(SplitKind kind);

struct SplitRequest {
  std::optional<SplitKind> kind;  ///< empty: column where one is given, group where there are groups, else random
  std::string test_fold;          ///< value of the split column that tests
  models::SplitConfig config;
};

/// Throws UsageError where the data lack what the split needs.
SplitKind resolved_split(const SplitRequest& request, const TrainData& data);
models::Split make_split(const SplitRequest& request, const TrainData& data, SplitKind kind);

/// One sentence each: rows and classes, features, columns left out, the split, and what stands on both sides of it.
std::vector<std::string> describe(const TrainData& data, const models::Split& split, SplitKind kind,
                                  std::uint64_t seed);

}  // namespace hitscope::apps
