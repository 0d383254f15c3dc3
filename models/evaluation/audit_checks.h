// The single checks behind audit(), by subject, and what they share: descriptions of columns and a parallel loop.
//
// Internal to models/evaluation: others include audit.h. Every check appends its findings, which audit() sorts.
// Thread safety: free functions without shared state; results do not depend on the number of threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "dsp/machine.h"
#include "models/evaluation/audit.h"

namespace hitscope::models::evaluation {

/// A column with more distinct values than this counts as continuous: equal rows are then no coincidence.
inline constexpr std::size_t kFewValues = 20;

/// The input, and values derived from it that several checks use.
struct Rows {
  const AuditInput& input;
  std::size_t n_rows = 0;
  std::vector<bool> tests;  ///< [n_rows], whether a row tests; empty without a split
  std::size_t n_tests = 0;
  /// A pseudo-random number of the row that depends on the seed only; rows below a limit form a sample.
  std::uint64_t order(std::size_t row) const { return mixed(row + 0x9e3779b97f4a7c15ULL * (input.seed + 1)); }
  /// splitmix64's finalizer.
  static std::uint64_t mixed(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
  }
  std::string class_name(int c) const {
    const auto i = static_cast<std::size_t>(c);
    return "'" + (i < input.class_names.size() ? input.class_names[i] : std::to_string(c)) + "'";
  }
  /// Whether the row trains or validates; there must be a split.
  bool fits(std::size_t row) const {
    const data::Part part = input.split->part(row);
    return part == data::Part::kTrain || part == data::Part::kValidation;
  }
  /// The row's number for messages.
  std::size_t number(std::size_t row) const { return input.row_numbers.empty() ? row + 1 : input.row_numbers[row]; }
  double share_of_tests(std::size_t n) const { return static_cast<double>(n) / static_cast<double>(n_tests); }
};

/// Calls body(i) for i in 0..n-1 on as many threads as there are usable cores. The body must not throw, and may write
/// only data of its own i.
template <typename Body>
void for_each_index(std::size_t n, const Body& body) {
  const std::size_t n_threads = std::min<std::size_t>(n, std::clamp(dsp::usable_cores(), 1, 16));
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < n; i = next++) body(i);
  };
  std::vector<std::jthread> threads;
  for (std::size_t t = 1; t < n_threads; ++t) threads.emplace_back(work);
  work();
}

inline std::string quoted(const std::string& name) {
  return "'" + name + "'";
}
std::string percent(double share);                            ///< "75 %", "0.4 %", "< 0.1 %"
std::string number(double value, int decimals = 3);           ///< without trailing zeros
std::string counted(std::size_t n, const std::string& noun);  ///< "1 row", "12 rows"
std::string some_of(const std::vector<std::string>& names);   ///< "'tempo', 'energy' and 3 more"

/// The severity of what affects this share of the test rows: a leak, or a warning if it can hardly change a score.
Severity graded(double share_of_tests);
std::string share_told(double share_of_tests);  ///< "(4 %)", "(0.1 %: too few to …)"

/// How well a column predicts the class of rows that it was not fitted on.
struct Predictability {
  double accuracy = 0.0;
  double majority = 0.0;  ///< accuracy of always predicting the most frequent class of those rows
  /// Share of the majority class's errors that the column avoids, or the same for the balanced accuracy if a class is
  /// rare.
  double skill = 0.0;
  double sure_skill = 0.0;  ///< the skill at the lower Wilson limit of three standard errors: few rows prove little
  bool balanced = false;    ///< whether the skills are of `balanced_accuracy`
  double balanced_accuracy = 0.0;
  /// Half of the errors are avoided, and a third of them surely: with too few rows nothing is proved.
  bool is_strong() const { return skill >= 0.5 && sure_skill >= 0.3; }
};
/// A predictability in words: "predicts 99 % of rows (majority class: 50 %)".
std::string told(const Predictability& p);
/// Fits on some rows and predicts others: each half of alternating rows from the other if `by_turns` or without a
/// split, else all other rows from the training rows. `values` is [n_rows].
Predictability predictability(const Rows& rows, const std::vector<double>& values, bool by_turns);
Predictability predictability(const Rows& rows, const std::vector<std::string>& values);

/// Whether a column has few values (at most four per class), each on rows of one class only, and on too many rows for
/// coincidence (probability at most 10^-9). `values` is [n_rows].
bool determines_class(const Rows& rows, const std::vector<double>& values);
bool determines_class(const Rows& rows, const std::vector<std::string>& values);

void check_features(const Rows& rows, std::vector<Finding>& findings);
void check_row_order(const Rows& rows, std::vector<Finding>& findings);
void check_sampling(const Rows& rows, std::vector<Finding>& findings);
void check_names(const Rows& rows, std::vector<Finding>& findings);
void check_classes(const Rows& rows, std::vector<Finding>& findings);
void check_overlap(const Rows& rows, std::vector<Finding>& findings);
void check_credits(const Rows& rows, std::vector<Finding>& findings);
void check_copies(const Rows& rows, std::vector<Finding>& findings);
void check_interpolation(const Rows& rows, std::vector<Finding>& findings);
void check_scaling(const Rows& rows, std::vector<Finding>& findings);

/// A borrowed column, standardised, by which rows are compared.
struct Scaled {
  const std::vector<double>* values = nullptr;
  double mean = 0.0;
  double deviation = 1.0;
  float raw_weight = 1.0F;  ///< weight of a squared standardised difference in the unscaled distance
  double at(std::size_t row) const { return ((*values)[row] - mean) / deviation; }
};
/// Columns with many distinct values and few missing ones, without those that are sums of others.
std::vector<Scaled> independent_columns(const Rows& rows);
bool is_known(const std::vector<Scaled>& columns, std::size_t row);  ///< whether no column lacks the row's value

/// The sets of rows with equal numbers. Rows with common values, which may be equal by coincidence, are in none.
struct CopySets {
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::vector<std::size_t> set_of;  ///< [n_rows]
  std::size_t n_sets = 0;
};
/// Looks for classes that were over-sampled at random before the split.
void check_resampled(const Rows& rows, const CopySets& sets, std::vector<Finding>& findings);

/// Whether a column has more than `n_few` distinct finite values.
bool is_continuous(const std::vector<double>& values, std::size_t n_few = kFewValues);

/// Spearman's correlation of `a` and `b` [n_rows] over a sample of the rows where both are finite; 0 for fewer than ten
/// rows or a constant column.
double rank_correlation(const Rows& rows, std::span<const double> a, std::span<const double> b);

}  // namespace hitscope::models::evaluation
