// Makes the split that a training uses, and describes data and split in words.
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
      kind;               ///< empty: column if one is given, else group if there are groups, else random
  std::string test_fold;  ///< value of the split column whose rows test
  models::data::SplitConfig config;

  /// The settings without those of `config`, which describes itself.
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

/// The kind of split that `request` means for these data. Throws UsageError if the data lack what it needs.
models::data::SplitKind resolved_split(const SplitRequest& request, const TrainData& data);
/// The split, or its folds, of the kind that resolved_split() gives; of a column, its own folds, whatever `n_folds`.
/// Both throw UsageError if it cannot be made.
models::data::Split make_split(const SplitRequest& request, const TrainData& data, models::data::SplitKind kind);
std::vector<models::data::Split> make_folds(const SplitRequest& request, const TrainData& data,
                                            models::data::SplitKind kind, int n_folds);
/// The folds that the split column, the split file or `fold_from` gives, sorted. Throws UsageError where it gives
/// parts, or no folds.
std::vector<std::string> given_folds(const TrainData& data);
/// The kinds of split other than `kind` that the data allow, for comparing splits.
std::vector<models::data::SplitKind> other_splits(const TrainData& data, models::data::SplitKind kind);

/// Sentences about what loading found, rows and classes, features, columns left out, labels and the split.
std::vector<std::string> describe(const TrainData& data, const models::data::Split& split, models::data::SplitKind kind,
                                  const models::data::LabelScheme& labels, const models::data::Targets& targets,
                                  std::uint64_t seed);

}  // namespace hitscope::apps::examples
