// How the rows of one part are chosen among those that still train: whole groups, by class, or the latest.
//
// Behind Split, which decides the parts' order: test rows first, validation rows out of what is left.
// Thread safety: immutable after construction; what rows point to is borrowed.
#pragma once

#include <cstddef>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "models/data/group_numbers.h"
#include "models/data/split.h"

namespace hitscope::models::data {

enum class ChoiceKind { kGroups, kStratified, kLatest };

class PartChoice {
 public:
  /// kGroups and kStratified, with or without groups. `classes` and `groups` are [n_rows].
  PartChoice(ClassNumbers classes, GroupNumbers groups, bool by_group);
  /// kLatest. Throws std::invalid_argument naming a row without a time.
  explicit PartChoice(std::span<const double> times);

  /// Moves about `fraction` of the training rows to `part`, so that parts for `n_left` others are possible: 2 for the
  /// test rows of a holdout, 1 for validation rows. Throws std::invalid_argument for too few groups or times.
  void move(std::vector<Part>& parts, double fraction, Part part, std::size_t n_left, std::mt19937_64& random) const;

  const ClassNumbers& classes() const { return classes_; }
  const GroupNumbers& groups() const { return groups_; }

 private:
  ChoiceKind kind_;
  ClassNumbers classes_;
  GroupNumbers groups_;
  std::span<const double> times_;
};

/// Number of rows; throws std::invalid_argument where two spans that are not empty differ in length.
std::size_t count_rows(const SplitRows& rows);
/// What a kind looks at. Throws std::invalid_argument where that is missing, and for kColumn.
PartChoice part_choice(SplitKind kind, const SplitRows& rows);
/// Rows of one part, rising.
std::vector<std::size_t> rows_in(std::span<const Part> parts, Part part);
/// Throws std::invalid_argument for a fraction that is not between 0 and 1.
void check_fraction(const char* name, double value);

}  // namespace hitscope::models::data
