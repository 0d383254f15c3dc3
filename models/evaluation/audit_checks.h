// The single checks behind audit(), by subject, and what they share: columns described once, loops over threads.
//
// Internal to models/evaluation: others include audit.h. Every check appends what it found; the order is made later.
// Thread safety: free functions without shared state; results do not depend on the number of threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "models/evaluation/audit.h"

namespace hitscope::models::evaluation {

/// A column with more distinct values than this is continuous: equal rows are no accident.
inline constexpr std::size_t kFewValues = 20;

/// The input with what several checks ask of it.
struct Rows {
  const AuditInput& input;
  std::size_t n_rows = 0;
  std::vector<bool> tests;  ///< [n_rows]; empty without a split
  std::size_t n_tests = 0;
  /// Rows in an order of their own that looks random and is the same for a seed: a sample is where it is below a limit.
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
  /// Trains or validates; there must be a split.
  bool fits(std::size_t row) const {
    const data::Part part = input.split->part(row);
    return part == data::Part::kTrain || part == data::Part::kValidation;
  }
  /// For people.
  std::size_t number(std::size_t row) const { return input.row_numbers.empty() ? row + 1 : input.row_numbers[row]; }
  double share_of_tests(std::size_t n) const { return static_cast<double>(n) / static_cast<double>(n_tests); }
};

/// body(i) for i in 0..n-1, on as many threads as there are cores. The body must not throw and must write only what
/// belongs to i.
template <typename Body>
void for_each_index(std::size_t n, const Body& body) {
  const std::size_t n_threads = std::min<std::size_t>(n, std::clamp(std::thread::hardware_concurrency(), 1U, 16U));
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < n; i = next++) body(i);
  };
  std::vector<std::jthread> threads;
  for (std::size_t t = 1; t < n_threads; ++t) threads.emplace_back(work);
  work();
}

std::string percent(double share);                            ///< "75 %", "0.4 %", "< 0.1 %"
std::string number(double value, int decimals = 3);           ///< without trailing zeros
std::string counted(std::size_t n, const std::string& noun);  ///< "1 row", "12 rows"
std::string some_of(const std::vector<std::string>& names);   ///< "'tempo', 'energy' and 3 more"

/// Of what touches this share of the test rows: a leak, or a warning where it can hardly move a score.
Severity graded(double share_of_tests);
std::string share_told(double share_of_tests);  ///< "(4 %)", "(0.1 %: too few to …)"

/// How well a column tells the class where it was not fitted.
struct Predictability {
  double accuracy = 0.0;
  double majority = 0.0;    ///< accuracy of always saying the class that is most frequent among the judged rows
  double skill = 0.0;       ///< share of what the majority class gets wrong that the column gets right, or the same of
                            ///< the balanced accuracy where a class is rare
  double sure_skill = 0.0;  ///< the same by the lower ends of three standard errors (Wilson): few rows prove little
  bool balanced = false;    ///< skill is of the balanced accuracy, which `balanced_accuracy` holds
  double balanced_accuracy = 0.0;
};
/// Rows are split in two by turns (`by_turns`), else where there is a split it fits on training rows.
Predictability predictability(const Rows& rows, const std::vector<double>& values, bool by_turns);
Predictability predictability(const Rows& rows, const std::vector<std::string>& values);

/// A few values (at most four for each class), each with rows of one class only, and more rows than chance could make
/// so: with 10^-9 at the most.
bool determines_class(const Rows& rows, const std::vector<double>& values);
bool determines_class(const Rows& rows, const std::vector<std::string>& values);

void check_features(const Rows& rows, std::vector<Finding>& findings);
void check_row_order(const Rows& rows, std::vector<Finding>& findings);
void check_names(const Rows& rows, std::vector<Finding>& findings);
void check_classes(const Rows& rows, std::vector<Finding>& findings);
void check_overlap(const Rows& rows, std::vector<Finding>& findings);
void check_credits(const Rows& rows, std::vector<Finding>& findings);
void check_copies(const Rows& rows, std::vector<Finding>& findings);
void check_interpolation(const Rows& rows, std::vector<Finding>& findings);
void check_scaling(const Rows& rows, std::vector<Finding>& findings);

/// A column to compare rows by.
struct Scaled {
  const std::vector<double>* values = nullptr;
  double mean = 0.0;
  double deviation = 1.0;
  float raw_weight = 1.0F;  ///< what a squared standardised difference counts among raw ones
  double at(std::size_t row) const { return ((*values)[row] - mean) / deviation; }
};
/// Columns of many values with few gaps, standardised, without those that are sums of others.
std::vector<Scaled> independent_columns(const Rows& rows);
bool is_known(const std::vector<Scaled>& columns, std::size_t row);  ///< in all of them

/// Every row's set of rows with equal numbers. Rows that tell nothing are in none.
struct CopySets {
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::vector<std::size_t> set_of;  ///< [n_rows]
  std::size_t n_sets = 0;
};
/// Of classes that were drawn again before the split.
void check_resampled(const Rows& rows, const CopySets& sets, std::vector<Finding>& findings);

/// True where a column has more than n_few distinct numbers; infinities and NaN aside.
bool is_continuous(const std::vector<double>& values, std::size_t n_few = kFewValues);

/// Spearman's correlation of the rows where both are finite, of a sample of many; 0 with fewer than ten or a constant.
double rank_correlation(const Rows& rows, std::span<const double> a, std::span<const double> b);

}  // namespace hitscope::models::evaluation
