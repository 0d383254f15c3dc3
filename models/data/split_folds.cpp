// Split::k_fold, in a file of its own.
#include <algorithm>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>

#include "models/data/fold_assignment.h"
#include "models/data/part_choice.h"
#include "models/data/split.h"

namespace hitscope::models::data {
namespace {

void check_folds(int n_folds, std::size_t most, const char* what) {
  const std::string given = "n_folds is " + std::to_string(n_folds);
  if (n_folds < 2) throw std::invalid_argument(given + "; it must be at least 2");
  if (static_cast<std::size_t>(n_folds) <= most) return;
  throw std::invalid_argument(given + "; there are only " + std::to_string(most) + " " + what +
                              ", and every fold needs one of its own; use fewer folds");
}

/// Test parts of folds given by row; all others train.
std::vector<std::vector<Part>> parts_of(const std::vector<int>& folds, int n_folds) {
  std::vector<std::vector<Part>> parts(static_cast<std::size_t>(n_folds),
                                       std::vector<Part>(folds.size(), Part::kTrain));
  for (std::size_t row = 0; row < folds.size(); ++row) parts[folds[row]][row] = Part::kTest;
  return parts;
}

std::vector<int> grouped_rows(const PartChoice& choice, GroupNumbers groups, int n_folds, std::mt19937_64* random) {
  check_folds(n_folds, groups.n_groups, "groups");
  std::vector<std::size_t> all(groups.of_row.size());
  std::iota(all.begin(), all.end(), 0);
  const std::vector<int> by_group = group_folds(GroupCounts(all, groups, choice.classes()), n_folds, random);
  std::vector<int> folds;
  folds.reserve(all.size());
  for (const std::size_t group : groups.of_row) folds.push_back(by_group[group]);
  return folds;
}

std::vector<std::vector<Part>> temporal_parts(std::span<const double> times, int n_folds) {
  std::vector<std::size_t> order(times.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return times[a] < times[b]; });
  std::vector<double> sorted;
  sorted.reserve(times.size());
  for (const std::size_t row : order) sorted.push_back(times[row]);
  const std::vector<std::size_t> starts = temporal_folds(sorted, n_folds);
  std::vector<std::vector<Part>> parts;
  for (std::size_t fold = 0; fold + 1 < starts.size(); ++fold) {
    parts.emplace_back(times.size(), Part::kTrain);
    for (std::size_t i = starts[fold]; i < times.size(); ++i) {
      parts.back()[order[i]] = i < starts[fold + 1] ? Part::kTest : Part::kUnused;
    }
  }
  return parts;
}

std::vector<std::vector<Part>> test_parts(SplitKind kind, const SplitRows& rows, const PartChoice& choice, int n_folds,
                                          std::mt19937_64* random) {
  switch (kind) {
    case SplitKind::kGroup:
      return parts_of(grouped_rows(choice, in_order_of_names(choice.groups(), rows.groups), n_folds, random), n_folds);
    case SplitKind::kDuplicates:
      return parts_of(grouped_rows(choice, choice.groups(), n_folds, random), n_folds);
    case SplitKind::kTemporal:
      check_folds(n_folds, rows.times.size(), "rows");
      return temporal_parts(rows.times, n_folds);
    case SplitKind::kRandom:
    case SplitKind::kColumn:
      break;
  }
  check_folds(n_folds, choice.classes().of_row.size(), "rows");
  return parts_of(stratified_folds(choice.classes(), n_folds, random), n_folds);
}

}  // namespace

std::vector<Split> Split::k_fold(SplitKind kind, const SplitRows& rows, int n_folds, const SplitConfig& config) {
  check_fraction("validation_fraction", config.validation_fraction);
  const PartChoice choice = part_choice(kind, rows);
  std::mt19937_64 random(config.seed);
  std::vector<Split> splits;
  for (std::vector<Part>& parts : test_parts(kind, rows, choice, n_folds, config.shuffle ? &random : nullptr)) {
    choice.move(parts, config.validation_fraction, Part::kValidation, 1, random);
    splits.push_back(Split(std::move(parts)));
  }
  return splits;
}

}  // namespace hitscope::models::data
