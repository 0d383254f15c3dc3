#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "models/evaluation/comparison.h"
#include "models/evaluation/group_bootstrap.h"

namespace hitscope::models::evaluation {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// Sums of a group's rows that a regression's scores are made of; targets are counted from their mean over all rows, or
/// the spread would drown in the rounding of large squares.
struct GroupSums {
  double n = 0.0;
  double absolute_error = 0.0;
  double squared_error = 0.0;
  double absolute_error_of_median = 0.0;
  double deviation = 0.0;
  double squared_deviation = 0.0;
  double least = std::numeric_limits<double>::infinity();
  double largest = -std::numeric_limits<double>::infinity();

  void add(const GroupSums& other, double times) {
    n += times * other.n;
    absolute_error += times * other.absolute_error;
    squared_error += times * other.squared_error;
    absolute_error_of_median += times * other.absolute_error_of_median;
    deviation += times * other.deviation;
    squared_deviation += times * other.squared_deviation;
    least = std::min(least, other.least);
    largest = std::max(largest, other.largest);
  }

  /// R², see RegressionScores::r2.
  double r2() const {
    if (n < 2.0) return kNan;
    const double spread = squared_deviation - deviation * deviation / n;
    if (least == largest || spread <= 0.0) return squared_error > 0.0 ? 0.0 : 1.0;
    return 1.0 - squared_error / spread;
  }
};

std::vector<GroupSums> sums_by_group(std::span<const double> targets, std::span<const double> predicted, double median,
                                     const Groups& groups) {
  double center = 0.0;
  for (const double t : targets) center += t / static_cast<double>(targets.size());
  std::vector<GroupSums> sums(groups.n_groups);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const double error = predicted[i] - targets[i];
    const double deviation = targets[i] - center;
    sums[groups.of_row[i]].add({1.0, std::abs(error), error * error, std::abs(targets[i] - median), deviation,
                                deviation * deviation, targets[i], targets[i]},
                               1.0);
  }
  return sums;
}

bool all_finite(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

/// The sums of a round's groups.
GroupSums drawn_of(const std::vector<GroupSums>& sums, const std::vector<std::uint32_t>& drawn) {
  GroupSums all;
  for (std::size_t g = 0; g < drawn.size(); ++g) {
    if (drawn[g] > 0) all.add(sums[g], drawn[g]);
  }
  return all;
}

/// Rows by one of the two numbers that Spearman's correlation compares, sorted once for all rounds.
class RankedRows {
 public:
  explicit RankedRows(std::span<const double> values) : order_(values.size()), centered_(values.size()) {
    std::iota(order_.begin(), order_.end(), std::uint32_t{0});
    std::sort(order_.begin(), order_.end(), [&](auto a, auto b) { return values[a] < values[b]; });
    for (std::size_t i = 1; i <= order_.size(); ++i) {
      if (i == order_.size() || values[order_[i]] != values[order_[i - 1]]) ends_.push_back(i);
    }
  }

  /// [n_rows], ranks minus their mean if every row is repeated as `times` says; ties share a rank.
  const std::vector<double>& centered_ranks(const std::vector<double>& times, double n) {
    double before = 0.0;
    std::size_t i = 0;
    for (const std::size_t end : ends_) {
      double equals = 0.0;
      for (std::size_t k = i; k < end; ++k) equals += times[order_[k]];
      for (; i < end; ++i) centered_[order_[i]] = before + 0.5 * (equals - n);
      before += equals;
    }
    return centered_;
  }

 private:
  std::vector<std::uint32_t> order_;
  std::vector<std::size_t> ends_;  // ends of the runs of equal values in order_
  std::vector<double> centered_;
};

/// spearman() of the rows, each repeated as often as `times` says.
double spearman_of(RankedRows& targets, RankedRows& predicted, const std::vector<double>& times) {
  const double n = std::accumulate(times.begin(), times.end(), 0.0);
  const std::vector<double>& a = targets.centered_ranks(times, n);
  const std::vector<double>& b = predicted.centered_ranks(times, n);
  double ab = 0.0;
  double aa = 0.0;
  double bb = 0.0;
  for (std::size_t i = 0; i < times.size(); ++i) {
    ab += times[i] * a[i] * b[i];
    aa += times[i] * a[i] * a[i];
    bb += times[i] * b[i] * b[i];
  }
  return aa > 0.0 && bb > 0.0 ? std::clamp(ab / std::sqrt(aa * bb), -1.0, 1.0) : kNan;
}

}  // namespace

RegressionUncertainty bootstrap(std::span<const double> targets, std::span<const double> predicted, double median,
                                std::span<const std::string> groups, std::uint64_t seed) {
  require_rows(targets.size(), predicted.size(), groups.size());
  if (!all_finite(targets) || !all_finite(predicted)) {
    return {{kNan, kNan}, {kNan, kNan}, {kNan, kNan}, {kNan, kNan}, {kNan, kNan}};
  }
  const Groups numbered(groups);
  const auto sums = sums_by_group(targets, predicted, median, numbered);
  RankedRows by_target(targets);
  RankedRows by_prediction(predicted);
  std::vector<double> times(targets.size());
  std::vector<double> r2;
  std::vector<double> mae;
  std::vector<double> rmse;
  std::vector<double> correlation;
  std::vector<double> mae_gain;
  resample(numbered.n_groups, seed, [&](const std::vector<std::uint32_t>& drawn) {
    const GroupSums all = drawn_of(sums, drawn);
    for (std::size_t i = 0; i < times.size(); ++i) times[i] = drawn[numbered.of_row[i]];
    r2.push_back(all.r2());
    mae.push_back(all.absolute_error / all.n);
    rmse.push_back(std::sqrt(all.squared_error / all.n));
    correlation.push_back(spearman_of(by_target, by_prediction, times));
    mae_gain.push_back((all.absolute_error_of_median - all.absolute_error) / all.n);
  });
  return {percentile_95(r2), percentile_95(mae), percentile_95(rmse), percentile_95(correlation),
          percentile_95(mae_gain)};
}

PairedValueComparison compare_values(std::span<const double> targets, std::span<const double> predicted_a,
                                     std::span<const double> predicted_b, std::span<const std::string> groups,
                                     std::uint64_t seed) {
  require_rows(targets.size(), predicted_a.size(), groups.size());
  require_rows(targets.size(), predicted_b.size(), groups.size());
  if (!all_finite(targets) || !all_finite(predicted_a) || !all_finite(predicted_b)) {
    return {kNan, kNan, {kNan, kNan}, {kNan, kNan}};
  }
  const Groups numbered(groups);
  const auto sums_a = sums_by_group(targets, predicted_a, 0.0, numbered);
  const auto sums_b = sums_by_group(targets, predicted_b, 0.0, numbered);
  const auto difference = [&](const std::vector<std::uint32_t>& drawn) {
    const GroupSums a = drawn_of(sums_a, drawn);
    const GroupSums b = drawn_of(sums_b, drawn);
    return std::pair(a.r2() - b.r2(), (a.absolute_error - b.absolute_error) / a.n);
  };
  std::vector<double> r2;
  std::vector<double> mae;
  resample(numbered.n_groups, seed, [&](const std::vector<std::uint32_t>& drawn) {
    const auto [of_r2, of_mae] = difference(drawn);
    r2.push_back(of_r2);
    mae.push_back(of_mae);
  });
  const auto [of_r2, of_mae] = difference(std::vector<std::uint32_t>(numbered.n_groups, 1));
  return {of_r2, of_mae, percentile_95(r2), percentile_95(mae)};
}

}  // namespace hitscope::models::evaluation
