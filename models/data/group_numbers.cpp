#include "models/data/group_numbers.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <numeric>
#include <string_view>

#include "models/data/split.h"

namespace hitscope::models::data {
namespace {

constexpr auto kNone = static_cast<std::size_t>(-1);

/// The first row that holds a text. An open table of hashes and rows: a node of std::unordered_map for every text costs
/// several times as much, and most keys of a catalogue are distinct.
class FirstRows {
 public:
  explicit FirstRows(std::span<const std::string> texts)
      : texts_(texts), slots_(std::bit_ceil(2 * texts.size() + 1)), mask_(slots_.size() - 1) {}

  /// The first of the rows seen so far that has this row's text; it may be `row` itself.
  std::size_t first(std::size_t row) {
    const std::size_t hash = std::hash<std::string_view>()(texts_[row]);
    for (std::size_t i = hash & mask_;; i = (i + 1) & mask_) {
      Slot& slot = slots_[i];
      if (slot.row == kNone) slot = {hash, row};
      if (slot.hash == hash && texts_[slot.row] == texts_[row]) return slot.row;
    }
  }

 private:
  struct Slot {
    std::size_t hash = 0;
    std::size_t row = kNone;
  };
  std::span<const std::string> texts_;
  std::vector<Slot> slots_;
  std::size_t mask_;
};

/// The root of a row's tree, halving the path to it on the way.
std::size_t root_of(std::vector<std::size_t>& parents, std::size_t row) {
  while (parents[row] != row) {
    parents[row] = parents[parents[row]];
    row = parents[row];
  }
  return row;
}

}  // namespace

GroupNumbers number_groups(std::span<const std::string> names) {
  GroupNumbers groups;
  groups.of_row.reserve(names.size());
  FirstRows seen(names);
  for (std::size_t row = 0; row < names.size(); ++row) {
    const std::size_t first = names[row].empty() ? row : seen.first(row);
    groups.of_row.push_back(first == row ? groups.n_groups++ : groups.of_row[first]);
  }
  return groups;
}

GroupNumbers in_order_of_names(const GroupNumbers& groups, std::span<const std::string> names) {
  std::vector<std::size_t> first_rows(groups.n_groups, kNone);
  for (std::size_t row = names.size(); row-- > 0;) first_rows[groups.of_row[row]] = row;
  std::vector<std::size_t> order(groups.n_groups);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const std::string& x = names[first_rows[a]];
    const std::string& y = names[first_rows[b]];
    return x.empty() || y.empty() ? !x.empty() && y.empty() : x < y;
  });
  std::vector<std::size_t> numbers(groups.n_groups);
  for (std::size_t i = 0; i < order.size(); ++i) numbers[order[i]] = i;
  GroupNumbers sorted{{}, groups.n_groups};
  sorted.of_row.reserve(names.size());
  for (const std::size_t group : groups.of_row) sorted.of_row.push_back(numbers[group]);
  return sorted;
}

ClassNumbers number_classes(std::span<const int> strata, std::size_t n_rows) {
  if (strata.empty()) return {std::vector<int>(n_rows, 0), n_rows > 0 ? 1 : 0};
  std::vector<int> distinct(strata.begin(), strata.end());
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  ClassNumbers classes{{}, static_cast<int>(distinct.size())};
  classes.of_row.reserve(n_rows);
  for (const int stratum : strata) {
    const auto found = std::lower_bound(distinct.begin(), distinct.end(), stratum);
    classes.of_row.push_back(static_cast<int>(found - distinct.begin()));
  }
  return classes;
}

GroupCounts::GroupCounts(std::span<const std::size_t> rows, const GroupNumbers& groups, const ClassNumbers& classes)
    : n_classes_(classes.n_classes), n_rows_(rows.size()) {
  std::vector<std::size_t> ends(groups.n_groups + 1, 0);
  for (const std::size_t row : rows) ++ends[groups.of_row[row] + 1];
  std::partial_sum(ends.begin(), ends.end(), ends.begin());
  std::vector<int> labels(rows.size());  // class of each row, sorted by group
  std::vector<std::size_t> next(ends.begin(), ends.end() - 1);
  for (const std::size_t row : rows) labels[next[groups.of_row[row]]++] = classes.of_row[row];
  starts_.push_back(0);
  for (std::size_t id = 0; id < groups.n_groups; ++id) {
    if (ends[id] == ends[id + 1]) continue;
    std::sort(labels.begin() + static_cast<std::ptrdiff_t>(ends[id]),
              labels.begin() + static_cast<std::ptrdiff_t>(ends[id + 1]));
    for (std::size_t i = ends[id]; i < ends[id + 1]; ++i) {
      if (i == ends[id] || labels[i] != labels[i - 1]) counts_.push_back({labels[i], 0});
      ++counts_.back().n_rows;
    }
    ids_.push_back(id);
    sizes_.push_back(ends[id + 1] - ends[id]);
    starts_.push_back(counts_.size());
  }
}

std::vector<std::size_t> connected_components(std::span<const std::span<const std::string>> identities,
                                              std::size_t n_rows) {
  std::vector<std::size_t> parents(n_rows);
  std::iota(parents.begin(), parents.end(), 0);
  for (const std::span<const std::string> keys : identities) {
    FirstRows seen(keys);
    for (std::size_t row = 0; row < keys.size(); ++row) {
      if (keys[row].empty()) continue;
      const std::size_t a = root_of(parents, row);
      const std::size_t b = root_of(parents, seen.first(row));
      parents[std::max(a, b)] = std::min(a, b);
    }
  }
  std::vector<std::size_t> numbers(n_rows);
  std::size_t n = 0;
  // The root is the least row of its component: it is numbered before all others of it.
  for (std::size_t row = 0; row < n_rows; ++row) {
    const std::size_t root = root_of(parents, row);
    numbers[row] = root == row ? n++ : numbers[root];
  }
  return numbers;
}

}  // namespace hitscope::models::data
