#include "apps/pipeline/train_split.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_set>

#include "apps/pipeline/progress.h"
#include "apps/pipeline/verb.h"

namespace hitscope::apps {

using models::Split;

namespace {

/// Names what stands on both sides of the split.
void add_leaks(std::vector<std::string>& facts, const TrainData& data, const models::TrainingFold& fold,
               const std::vector<std::size_t>& test) {
  const auto shared = [&](const std::vector<std::string>& keys) {
    std::unordered_set<std::string> training;
    for (const std::size_t row : fold.train_rows()) training.insert(keys[row]);
    for (const std::size_t row : fold.validation_rows()) training.insert(keys[row]);
    return static_cast<std::size_t>(std::count_if(
        test.begin(), test.end(), [&](std::size_t row) { return !keys[row].empty() && training.contains(keys[row]); }));
  };
  const auto percent = [&](std::size_t n) { return 100.0 * static_cast<double>(n) / static_cast<double>(test.size()); };
  if (!data.group_column.empty()) {
    const std::size_t n = shared(data.groups);
    facts.push_back(n == 0 ? fmt::format("leaks: no test row shares its {} with training", data.group_column)
                           : fmt::format("LEAK: {} of {} test rows ({:.1f} %) share their {} with training; "
                                         "--split group keeps them apart",
                                         n, test.size(), percent(n), data.group_column));
  }
  if (const std::size_t n = shared(data.songs); n > 0) {
    facts.push_back(
        fmt::format("LEAK: {} of {} test rows ({:.1f} %) are songs (artist and title) that training holds too", n,
                    test.size(), percent(n)));
  }
  std::set<int> trained;
  for (const std::size_t row : fold.train_rows()) trained.insert(data.dataset.targets[row]);
  for (int c = 0; c < data.labels->n_classes(); ++c) {
    if (!trained.contains(c)) facts.push_back("warning: no training row is of class " + data.labels->class_names()[c]);
  }
}

}  // namespace

std::string_view to_string(SplitKind kind) {
  return kind == SplitKind::kGroup ? "group" : kind == SplitKind::kRandom ? "random" : "column";
}

namespace {

/// Refuses a test fold that no row has.
void check_test_fold(const SplitRequest& request, const TrainData& data) {
  const std::vector<std::string>& values = data.split_values;
  if (request.test_fold.empty() || std::find(values.begin(), values.end(), request.test_fold) != values.end()) return;
  const std::set<std::string> distinct(values.begin(), values.end());
  std::string list;
  for (const std::string& value : distinct) list += (list.empty() ? "" : ", ") + value;
  throw UsageError(values.empty() ? "--test-fold needs --split-column"
                                  : "--test-fold is '" + request.test_fold + "', but the split column holds: " + list);
}

}  // namespace

SplitKind resolved_split(const SplitRequest& request, const TrainData& data) {
  check_test_fold(request, data);
  if (request.kind == SplitKind::kGroup && data.group_column.empty()) {
    throw UsageError("--split group needs groups: name their column with --group-column");
  }
  if (request.kind == SplitKind::kColumn && data.split_values.empty()) {
    throw UsageError("--split column needs --split-column");
  }
  if (request.kind) return *request.kind;
  if (!data.split_values.empty()) return SplitKind::kColumn;
  return data.group_column.empty() ? SplitKind::kRandom : SplitKind::kGroup;
}

Split make_split(const SplitRequest& request, const TrainData& data, SplitKind kind) {
  const models::Dataset& dataset = data.dataset;
  switch (kind) {
    case SplitKind::kGroup:
      return Split::by_group(data.groups, dataset.targets, request.config);
    case SplitKind::kRandom:
      return Split::at_random(dataset.targets, request.config);
    case SplitKind::kColumn:
      break;
  }
  const std::span<const std::string> groups(data.groups.data(), data.group_column.empty() ? 0 : data.groups.size());
  // Groups that cannot be divided any further (two speakers left to train on) still validate, by rows.
  std::set<std::string> training_groups;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (data.split_values[i] != request.test_fold) training_groups.insert(groups[i]);
  }
  const auto usable = training_groups.size() >= 2 ? groups : std::span<const std::string>();
  return Split::by_column(data.split_values, request.test_fold, dataset.targets, usable, request.config);
}

std::vector<std::string> describe(const TrainData& data, const Split& split, SplitKind kind, std::uint64_t seed) {
  const models::TrainingFold fold = split.training_fold();
  const std::vector<std::size_t> test = split.rows(models::Part::kTest);
  const auto& names = data.labels->class_names();
  std::vector<std::size_t> counts(names.size(), 0);
  for (const int t : data.dataset.targets) ++counts[t];
  std::string classes;
  for (std::size_t c = 0; c < names.size(); ++c)
    classes += fmt::format("{}{} {}", c == 0 ? "" : ", ", names[c], counts[c]);
  std::vector<std::string> facts{fmt::format("data: {} of {} used; target {}: {}", data.dataset.n_rows,
                                             count_of(data.rows.size(), "row"), data.target_column, classes)};
  const models::FeatureTable& table = data.dataset.table;
  if (!table.empty()) {
    std::string columns;
    for (const auto& c : table.numeric) columns += (columns.empty() ? "" : ", ") + c.name;
    for (const auto& c : table.categorical) columns += (columns.empty() ? "" : ", ") + c.name + " (categories)";
    facts.push_back("features: " + columns);
  }
  std::string unused;
  for (const std::string& column : data.unused_columns) unused += (unused.empty() ? "" : ", ") + column;
  if (!unused.empty()) facts.push_back("not features: " + unused);
  facts.push_back(fmt::format("split: {}, seed {}: {} train, {} validate, {} test",
                              kind == SplitKind::kGroup ? "by " + data.group_column : std::string(to_string(kind)),
                              seed, fold.train_rows().size(), fold.validation_rows().size(), test.size()));
  add_leaks(facts, data, fold, test);
  return facts;
}

}  // namespace hitscope::apps
