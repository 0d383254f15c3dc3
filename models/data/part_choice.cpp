#include "models/data/part_choice.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "models/data/group_choice.h"
#include "models/data/stratified_choice.h"

namespace hitscope::models::data {
namespace {

using Rows = std::vector<std::size_t>;

Rows choose_by_group(const Rows& candidates, const GroupNumbers& groups, const ClassNumbers& classes, double fraction,
                     std::size_t n_left, std::mt19937_64& random) {
  const GroupCounts counts(candidates, groups, classes);
  if (counts.n_groups() <= n_left) {
    throw std::invalid_argument(
        "a grouped split needs at least three groups, so that training, validation and test "
        "share none; use `split` random or another `group_column`");
  }
  std::vector<char> is_chosen(groups.n_groups, 0);
  for (const std::size_t group : choose_groups(counts, fraction, n_left, random)) is_chosen[group] = 1;
  Rows chosen;
  for (const std::size_t row : candidates) {
    if (is_chosen[groups.of_row[row]] != 0) chosen.push_back(row);
  }
  return chosen;
}

/// The latest rows: of all places between two different times that leave `n_left` times before them, the one nearest
/// to the fraction.
Rows choose_latest(Rows candidates, std::span<const double> times, double fraction, std::size_t n_left) {
  std::stable_sort(candidates.begin(), candidates.end(),
                   [&](std::size_t a, std::size_t b) { return times[a] < times[b]; });
  const double wanted = static_cast<double>(candidates.size()) * (1.0 - fraction);
  std::size_t n_times = candidates.empty() ? 0 : 1;
  std::size_t best = candidates.size();
  for (std::size_t i = 1; i < candidates.size(); ++i) {
    if (times[candidates[i]] == times[candidates[i - 1]]) continue;
    if (n_times >= n_left && (best == candidates.size() || std::abs(static_cast<double>(i) - wanted) <
                                                               std::abs(static_cast<double>(best) - wanted))) {
      best = i;
    }
    ++n_times;
  }
  if (n_times <= n_left) {
    throw std::invalid_argument(
        "a temporal split needs at least three different times, because equal times stay together; the rows to choose "
        "from have " +
        std::to_string(n_times) + "; use another `date_column` or another kind of split");
  }
  return {candidates.begin() + static_cast<std::ptrdiff_t>(best), candidates.end()};
}

}  // namespace

PartChoice::PartChoice(ClassNumbers classes, GroupNumbers groups, bool by_group)
    : kind_(by_group ? ChoiceKind::kGroups : ChoiceKind::kStratified),
      classes_(std::move(classes)),
      groups_(std::move(groups)) {}

PartChoice::PartChoice(std::span<const double> times) : kind_(ChoiceKind::kLatest), times_(times) {
  const auto found = std::find_if(times.begin(), times.end(), [](double time) { return std::isnan(time); });
  if (found != times.end()) {
    throw std::invalid_argument("row " + std::to_string(found - times.begin()) +
                                " (of rows counted from 0) has no time; a temporal split needs one in every row");
  }
}

void PartChoice::move(std::vector<Part>& parts, double fraction, Part part, std::size_t n_left,
                      std::mt19937_64& random) const {
  Rows candidates = rows_in(parts, Part::kTrain);
  Rows chosen;
  switch (kind_) {
    case ChoiceKind::kGroups:
      chosen = choose_by_group(candidates, groups_, classes_, fraction, n_left, random);
      break;
    case ChoiceKind::kStratified:
      chosen = choose_stratified(candidates, classes_, fraction, n_left, random);
      break;
    case ChoiceKind::kLatest:
      chosen = choose_latest(std::move(candidates), times_, fraction, n_left);
      break;
  }
  for (const std::size_t row : chosen) parts[row] = part;
}

std::size_t count_rows(const SplitRows& rows) {
  std::vector<std::pair<std::string, std::size_t>> spans{
      {"strata", rows.strata.size()}, {"groups", rows.groups.size()}, {"times", rows.times.size()}};
  for (std::size_t i = 0; i < rows.identities.size(); ++i) {
    spans.emplace_back("identities[" + std::to_string(i) + "]", rows.identities[i].size());
  }
  std::erase_if(spans, [](const auto& span) { return span.second == 0; });
  for (const auto& [name, size] : spans) {
    if (size == spans.front().second) continue;
    throw std::invalid_argument("SplitRows." + name + " has " + std::to_string(size) + " rows, " + spans.front().first +
                                " has " + std::to_string(spans.front().second) + "; they must be as many");
  }
  return spans.empty() ? 0 : spans.front().second;
}

PartChoice part_choice(SplitKind kind, const SplitRows& rows) {
  const std::size_t n_rows = count_rows(rows);
  const auto need = [&](bool has, const char* what) {
    if (n_rows == 0) throw std::invalid_argument("the split leaves no row for train out of 0 rows; rows are needed");
    if (!has) throw std::invalid_argument("a split of kind " + std::string(to_string(kind)) + " needs " + what);
  };
  switch (kind) {
    case SplitKind::kGroup:
      need(!rows.groups.empty(), "the rows' groups");
      return {number_classes(rows.strata, n_rows), number_groups(rows.groups), true};
    case SplitKind::kDuplicates: {
      need(!rows.identities.empty(), "at least one key of the rows' identities");
      GroupNumbers groups{connected_components(rows.identities, n_rows), 0};
      for (const std::size_t component : groups.of_row) groups.n_groups = std::max(groups.n_groups, component + 1);
      return {number_classes(rows.strata, n_rows), std::move(groups), true};
    }
    case SplitKind::kRandom:
      need(true, "");
      return {number_classes(rows.strata, n_rows), {}, false};
    case SplitKind::kTemporal:
      need(!rows.times.empty(), "the rows' times");
      return PartChoice(rows.times);
    case SplitKind::kColumn:
      break;
  }
  throw std::invalid_argument("a split of kind column is made by Split::by_column, from the column's values");
}

std::vector<std::size_t> rows_in(std::span<const Part> parts, Part part) {
  Rows rows;
  for (std::size_t row = 0; row < parts.size(); ++row) {
    if (parts[row] == part) rows.push_back(row);
  }
  return rows;
}

void check_fraction(const char* name, double value) {
  if (value > 0.0 && value < 1.0) return;
  throw std::invalid_argument("`" + std::string(name) + "` is " + std::to_string(value) +
                              "; it must be between 0 and 1");
}

}  // namespace hitscope::models::data
