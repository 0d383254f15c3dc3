// Chooses the rows of one part among the rows that still train: whole groups, stratified by class, or the latest.
//
// Split uses it for test rows first and then for validation rows. Internal to models/data.
// Thread safety: immutable after construction. `times` is borrowed.
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
  /// kGroups if `by_group`, else kStratified. `classes` and `groups` number [n_rows].
  PartChoice(ClassNumbers classes, GroupNumbers groups, bool by_group);
  /// kLatest by `times` [n_rows]. Throws std::invalid_argument naming a row without a time.
  explicit PartChoice(std::span<const double> times);

  /// Moves about `fraction` of the training rows of `parts` [n_rows] to `part`, leaving enough groups or times for
  /// `n_left` other parts: 2 when test rows of a holdout are chosen, 1 for validation rows. Throws
  /// std::invalid_argument for too few groups or times.
  void move(std::vector<Part>& parts, double fraction, Part part, std::size_t n_left, std::mt19937_64& random) const;

  const ClassNumbers& classes() const { return classes_; }
  const GroupNumbers& groups() const { return groups_; }

 private:
  ChoiceKind kind_;
  ClassNumbers classes_;
  GroupNumbers groups_;
  std::span<const double> times_;
};

/// The number of rows. Throws std::invalid_argument if two non-empty spans differ in length.
std::size_t count_rows(const SplitRows& rows);
/// The choice that `kind` makes. Throws std::invalid_argument if `rows` lacks what it needs, and for kColumn.
PartChoice part_choice(SplitKind kind, const SplitRows& rows);
/// The rows of one part of `parts` [n_rows], rising.
std::vector<std::size_t> rows_in(std::span<const Part> parts, Part part);
/// Throws std::invalid_argument for a fraction that is not between 0 and 1.
void check_fraction(const char* name, double value);

}  // namespace hitscope::models::data
