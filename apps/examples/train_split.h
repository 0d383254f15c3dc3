// Which split a training uses, and what it says of the data and of itself.
// Thread safety: free functions without shared state.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/examples/train_data.h"
#include "dsp/fields.h"
#include "models/data/split.h"

namespace hitscope::apps::examples {

struct SplitRequest {
  std::optional<models::data::SplitKind>
      kind;               ///< empty: column where one is given, group where there are groups, else random
  std::string test_fold;  ///< value of the split column that tests
  models::data::SplitConfig config;

  /// Without `config`, which describes itself.
  template <typename Visit>
  static void describe(Visit&& visit) {
    using C = SplitRequest;
    visit(&C::kind,
          {.name = "split",
           .help = "how rows are divided into training, validation and test rows (default: column where "
                   "`split_column` or `split_file` is given, group where there are artists, otherwise random)"});
    visit(&C::test_fold,
          {.name = "test_fold",
           .help = "value of `split_column` in the test rows; the other rows are for training and validation",
           .value = "VALUE"});
  }
};

/// Throws UsageError where the data lack what the split needs.
models::data::SplitKind resolved_split(const SplitRequest& request, const TrainData& data);
models::data::Split make_split(const SplitRequest& request, const TrainData& data, models::data::SplitKind kind);
std::vector<models::data::Split> make_folds(const SplitRequest& request, const TrainData& data,
                                            models::data::SplitKind kind, int n_folds);
/// Kinds that the data allow beside `kind`: for comparing splits.
std::vector<models::data::SplitKind> other_splits(const TrainData& data, models::data::SplitKind kind);

/// One sentence each: what loading found, rows and classes, features, columns left out, labels, the split.
std::vector<std::string> describe(const TrainData& data, const models::data::Split& split, models::data::SplitKind kind,
                                  const models::data::LabelScheme& labels, const models::data::Dataset& dataset,
                                  std::uint64_t seed);

}  // namespace hitscope::apps::examples
