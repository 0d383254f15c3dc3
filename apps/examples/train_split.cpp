#include "apps/examples/train_split.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "apps/shell/progress.h"
#include "apps/shell/verb.h"
#include "apps/shell/words.h"

namespace hitscope::apps::examples {

using models::data::Part;
using models::data::Split;

namespace {

/// Refuses a test fold that no row has.
void check_test_fold(const SplitRequest& request, const TrainData& data) {
  const std::vector<std::string>& values = data.split_values;
  if (request.test_fold.empty() || std::find(values.begin(), values.end(), request.test_fold) != values.end()) return;
  const std::set<std::string> distinct(values.begin(), values.end());
  std::string list;
  for (const std::string& value : distinct) list += (list.empty() ? "" : ", ") + value;
  throw shell::UsageError(values.empty()
                              ? "--test-fold needs --split-column or --fold-from"
                              : "--test-fold is '" + request.test_fold + "', but the split column holds: " + list);
}

models::data::SplitRows rows_of(const TrainData& data) {
  models::data::SplitRows rows;
  rows.strata = data.strata;
  if (!data.group_column.empty()) rows.groups = data.groups;
  if (!data.group_column.empty()) rows.identities.emplace_back(data.groups);
  for (const Identity& identity : data.identities) rows.identities.emplace_back(identity.keys);
  rows.times = data.times;
  return rows;
}

void check_possible(const TrainData& data, models::data::SplitKind kind) {
  if (kind == models::data::SplitKind::kGroup && data.group_column.empty()) {
    throw shell::UsageError("--split group needs groups; name their column with --group-column");
  }
  if (kind == models::data::SplitKind::kDuplicates && data.group_column.empty() && data.identities.empty()) {
    throw shell::UsageError(
        "--split duplicates needs a column of artists, titles, ISRCs or clips; name it with --artist-column or "
        "--title-column");
  }
  if (kind == models::data::SplitKind::kTemporal && data.times.empty()) {
    throw shell::UsageError("--split temporal needs a date in every row; name the column with --date-column");
  }
  if (kind == models::data::SplitKind::kColumn && data.split_values.empty()) {
    throw shell::UsageError("--split column needs --split-column or --split-file");
  }
}

/// Puts the name of the file or flag before a library's error about rows and groups.
template <typename Make>
auto with_name(const std::string& name, const Make& make) {
  try {
    return make();
  } catch (const std::invalid_argument& error) {
    throw shell::UsageError(name + ": " + error.what());
  }
}

std::string class_counts(const models::data::LabelScheme& labels, const models::data::Targets& targets) {
  const auto& names = labels.class_names();
  std::vector<std::size_t> counts(names.size(), 0);
  for (const int target : labels_of(targets)) ++counts[static_cast<std::size_t>(target)];
  std::string text;
  std::size_t n_shown = 0;
  for (std::size_t c = 0; c < names.size(); ++c) {
    if (names.size() > 20 && counts[c] == 0) continue;
    if (++n_shown <= 20) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", names[c], counts[c]);
  }
  return n_shown > 20 ? fmt::format("{}, and {} more", text, n_shown - 20) : text;
}

std::string feature_list(const models::data::FeatureTable& table) {
  std::string columns;
  for (const auto& c : table.numeric) columns += (columns.empty() ? "" : ", ") + c.name;
  for (const auto& c : table.categorical) columns += (columns.empty() ? "" : ", ") + c.name + " (categories)";
  return columns;
}

}  // namespace

models::data::SplitKind resolved_split(const SplitRequest& request, const TrainData& data) {
  check_test_fold(request, data);
  models::data::SplitKind kind =
      data.group_column.empty() ? models::data::SplitKind::kRandom : models::data::SplitKind::kGroup;
  if (!data.split_values.empty()) kind = models::data::SplitKind::kColumn;
  if (request.kind) kind = *request.kind;
  if (!data.split_values.empty() && kind != models::data::SplitKind::kColumn) {
    throw shell::UsageError(fmt::format(
        "--split {} makes a new split; it cannot be given with --split-column or --split-file", to_string(kind)));
  }
  check_possible(data, kind);
  return kind;
}

std::vector<std::string> given_folds(const TrainData& data) {
  const std::set<std::string> distinct(data.split_values.begin(), data.split_values.end());
  constexpr std::size_t kMostFolds = 100;
  if (distinct.size() < 2 || distinct.size() > kMostFolds) {
    throw shell::UsageError(fmt::format("{}: --cv needs 2 to {} folds, and it has {}", data.split_source, kMostFolds,
                                        shell::count_of(distinct.size(), "different value")));
  }
  if (models::data::are_parts(data.split_values)) {
    throw shell::UsageError(data.split_source +
                            ": --cv needs a column of folds, and this one says training, validation and test; leave it "
                            "out for folds of hitscope's own");
  }
  return {distinct.begin(), distinct.end()};
}

Split make_split(const SplitRequest& request, const TrainData& data, models::data::SplitKind kind) {
  models::data::SplitRows rows = rows_of(data);
  if (kind != models::data::SplitKind::kColumn) {
    return with_name(fmt::format("{}: --split {}", data.table_name, to_string(kind)),
                     [&] { return Split::holdout(kind, rows, request.config); });
  }
  // Groups that cannot be divided any further (two speakers left to train on) still validate, by rows.
  std::set<std::string> training_groups;
  for (std::size_t i = 0; i < rows.groups.size(); ++i) {
    if (data.split_values[i] != request.test_fold) training_groups.insert(rows.groups[i]);
  }
  if (training_groups.size() < 2) rows.groups = {};
  return with_name(data.split_source,
                   [&] { return Split::by_column(data.split_values, request.test_fold, rows, request.config); });
}

std::vector<Split> make_folds(const SplitRequest& request, const TrainData& data, models::data::SplitKind kind,
                              int n_folds) {
  if (kind != models::data::SplitKind::kColumn) {
    return with_name(fmt::format("{}: --cv {}, --split {}", data.table_name, n_folds, to_string(kind)),
                     [&] { return Split::k_fold(kind, rows_of(data), n_folds, request.config); });
  }
  std::vector<Split> folds;
  for (const std::string& fold : given_folds(data)) {
    SplitRequest one = request;
    one.test_fold = fold;
    folds.push_back(make_split(one, data, kind));
  }
  return folds;
}

std::vector<models::data::SplitKind> other_splits(const TrainData& data, models::data::SplitKind kind) {
  std::vector<models::data::SplitKind> kinds{models::data::SplitKind::kRandom};
  if (!data.group_column.empty()) kinds.push_back(models::data::SplitKind::kGroup);
  if (!data.identities.empty()) kinds.push_back(models::data::SplitKind::kDuplicates);
  if (!data.times.empty()) kinds.push_back(models::data::SplitKind::kTemporal);
  std::erase(kinds, kind);
  return kinds;
}

std::vector<std::string> describe(const TrainData& data, const Split& split, models::data::SplitKind kind,
                                  const models::data::LabelScheme& labels, const models::data::Targets& targets,
                                  std::uint64_t seed) {
  std::vector<std::string> facts = data.facts;
  facts.push_back(fmt::format("data: {} of {} used; target {}{}{}", data.examples.n_rows,
                              shell::count_of(data.rows.size(), "row"), data.target_column,
                              labels.is_regression() ? ", a value" : ": ",
                              labels.is_regression() ? "" : class_counts(labels, targets)));
  facts.push_back("labels: " + to_string(labels.config()) + "; " + labels.description());
  if (!data.examples.table.empty()) facts.push_back("features: " + feature_list(data.examples.table));
  std::string unused;
  for (const std::string& column : data.unused_columns) unused += (unused.empty() ? "" : ", ") + column;
  if (!unused.empty()) facts.push_back("not features: " + unused);
  std::string by(to_string(kind));
  if (kind == models::data::SplitKind::kGroup) by = "by " + data.group_column;
  if (kind == models::data::SplitKind::kTemporal) by = "temporal, by " + data.date_column;
  facts.push_back(fmt::format("split: {}, seed {}: {} training, {} validation and {} test rows", by, seed,
                              split.rows(Part::kTrain).size(), split.rows(Part::kValidation).size(),
                              split.rows(Part::kTest).size()));
  return facts;
}

}  // namespace hitscope::apps::examples
