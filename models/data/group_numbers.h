// Groups and classes as whole numbers, so that a split compares the names of groups only once.
// Thread safety: plain values and free functions without shared state.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace hitscope::models::data {

struct GroupNumbers {
  std::vector<std::size_t> of_row;  ///< [n_rows], number of each row's group, 0..n_groups-1
  std::size_t n_groups = 0;
};

/// Numbers the groups of `names` [n_rows] in order of first appearance; an empty name is a group of its own.
GroupNumbers number_groups(std::span<const std::string> names);
/// The same groups numbered in the byte order of their names (the order of code points, as numpy.unique sorts); rows
/// without a name follow in row order. `names` is [n_rows].
GroupNumbers in_order_of_names(const GroupNumbers& groups, std::span<const std::string> names);

struct ClassNumbers {
  std::vector<int> of_row;  ///< [n_rows], number of each row's class, 0..n_classes-1 in rising order of strata
  int n_classes = 0;
};

/// Numbers the distinct values of `strata` [n_rows]; empty strata put all rows into one class.
ClassNumbers number_classes(std::span<const int> strata, std::size_t n_rows);

/// Number of rows of each class in every group among some rows; sparse, because most groups are small.
class GroupCounts {
 public:
  struct Count {
    int label = 0;
    std::size_t n_rows = 0;
  };

  /// Counts the given `rows`, indices into `groups` and `classes`.
  GroupCounts(std::span<const std::size_t> rows, const GroupNumbers& groups, const ClassNumbers& classes);

  std::size_t n_groups() const { return ids_.size(); }  ///< number of groups that have any of the rows
  int n_classes() const { return n_classes_; }
  std::size_t n_rows() const { return n_rows_; }
  std::size_t id(std::size_t group) const { return ids_[group]; }  ///< number in GroupNumbers; rises with `group`
  std::span<const Count> counts(std::size_t group) const {         ///< classes that the group has rows of
    return std::span(counts_).subspan(starts_[group], starts_[group + 1] - starts_[group]);
  }
  std::size_t size(std::size_t group) const { return sizes_[group]; }

 private:
  int n_classes_;
  std::size_t n_rows_;
  std::vector<std::size_t> ids_;
  std::vector<std::size_t> sizes_;
  std::vector<std::size_t> starts_;
  std::vector<Count> counts_;
};

}  // namespace hitscope::models::data
