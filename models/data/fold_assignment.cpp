#include "models/data/fold_assignment.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>

#include "models/data/shuffle.h"

namespace hitscope::models::data {
namespace {

using Numbers = std::vector<std::size_t>;

/// The sum in numpy.sum's order for contiguous values: pairwise in blocks, eight running sums in each.
double numpy_sum(std::span<const double> x) {
  constexpr std::size_t kLanes = 8;
  constexpr std::size_t kBlock = 128;
  if (x.size() < kLanes) return std::accumulate(x.begin(), x.end(), 0.0);
  if (x.size() > kBlock) {
    const std::size_t half = x.size() / 2 / kLanes * kLanes;
    return numpy_sum(x.first(half)) + numpy_sum(x.subspan(half));
  }
  double r[kLanes];
  std::copy_n(x.begin(), kLanes, r);
  std::size_t i = kLanes;
  for (; i + kLanes <= x.size(); i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) r[lane] += x[i + lane];
  }
  double sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
  for (; i < x.size(); ++i) sum += x[i];
  return sum;
}

/// numpy.std of contiguous values.
double numpy_std(std::vector<double> x) {
  const auto n = static_cast<double>(x.size());
  const double mean = numpy_sum(x) / n;
  for (double& value : x) value = (value - mean) * (value - mean);
  return std::sqrt(numpy_sum(x) / n);
}

/// The folds of a StratifiedGroupKFold under way: class counts by fold, and their spread over the folds by class.
class GroupFolds {
 public:
  GroupFolds(const GroupCounts& counts, int n_folds)
      : counts_(counts),
        n_rows_(static_cast<std::size_t>(n_folds), std::vector<double>(counts.n_classes(), 0.0)),
        sizes_(static_cast<std::size_t>(n_folds), 0),
        class_sizes_(counts.n_classes(), 0.0),
        spread_(counts.n_classes(), 0.0) {
    for (std::size_t group = 0; group < counts.n_groups(); ++group) {
      for (const auto& [label, n] : counts.counts(group)) class_sizes_[label] += static_cast<double>(n);
    }
  }

  /// The fold that keeps classes spread most evenly; of about equal ones (numpy.isclose) the smallest.
  std::size_t best_fold(std::size_t group) {
    std::size_t best = 0;
    double least = std::numeric_limits<double>::infinity();
    std::size_t least_rows = std::numeric_limits<std::size_t>::max();
    for (std::size_t fold = 0; fold < n_rows_.size(); ++fold) {
      const double now = spread_with(group, fold);
      const bool is_close = std::isfinite(least) && std::abs(now - least) <= 1e-8 + 1e-5 * std::abs(least);
      if (!(now < least || (is_close && sizes_[fold] < least_rows))) continue;
      least = now;
      least_rows = sizes_[fold];
      best = fold;
    }
    return best;
  }

  void add(std::size_t group, std::size_t fold) {
    for (const auto& [label, n] : counts_.counts(group)) {
      n_rows_[fold][label] += static_cast<double>(n);
      spread_[label] = spread_of(label);
    }
    sizes_[fold] += counts_.size(group);
  }

 private:
  /// numpy.std over the folds, which sums fold by fold.
  double spread_of(int label) const {
    const auto n = static_cast<double>(n_rows_.size());
    double mean = 0.0;
    for (const std::vector<double>& fold : n_rows_) mean += fold[label] / class_sizes_[label];
    mean /= n;
    double sum = 0.0;
    for (const std::vector<double>& fold : n_rows_) {
      const double distance = fold[label] / class_sizes_[label] - mean;
      sum += distance * distance;
    }
    return std::sqrt(sum / n);
  }

  /// The mean spread of all classes if the fold had the group: only the group's own classes need counting.
  double spread_with(std::size_t group, std::size_t fold) {
    for (const auto& [label, n] : counts_.counts(group)) {
      const double before = n_rows_[fold][label];
      n_rows_[fold][label] += static_cast<double>(n);
      saved_.push_back(spread_[label]);
      spread_[label] = spread_of(label);
      n_rows_[fold][label] = before;
    }
    const double mean = numpy_sum(spread_) / static_cast<double>(spread_.size());
    std::size_t i = 0;
    for (const auto& count : counts_.counts(group)) spread_[count.label] = saved_[i++];
    saved_.clear();
    return mean;
  }

  const GroupCounts& counts_;
  std::vector<std::vector<double>> n_rows_;  // [n_folds, n_classes]
  Numbers sizes_;
  std::vector<double> class_sizes_;
  std::vector<double> spread_;
  std::vector<double> saved_;
};

std::vector<int> stratified_group_folds(const GroupCounts& counts, int n_folds, Numbers order) {
  std::vector<double> spreads;
  std::vector<double> dense(static_cast<std::size_t>(counts.n_classes()));
  for (std::size_t group = 0; group < counts.n_groups(); ++group) {
    std::fill(dense.begin(), dense.end(), 0.0);
    for (const auto& [label, n] : counts.counts(group)) dense[label] = static_cast<double>(n);
    spreads.push_back(numpy_std(dense));
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return spreads[a] > spreads[b]; });
  std::vector<int> folds(counts.n_groups());
  GroupFolds under_way(counts, n_folds);
  for (const std::size_t group : order) {
    const std::size_t fold = under_way.best_fold(group);
    under_way.add(group, fold);
    folds[group] = static_cast<int>(fold);
  }
  return folds;
}

std::vector<int> largest_to_lightest(const GroupCounts& counts, int n_folds, Numbers order) {
  std::reverse(order.begin(), order.end());
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return counts.size(a) > counts.size(b); });
  std::vector<int> folds(counts.n_groups());
  Numbers sizes(static_cast<std::size_t>(n_folds), 0);
  for (const std::size_t group : order) {
    const auto lightest = std::min_element(sizes.begin(), sizes.end());
    *lightest += counts.size(group);
    folds[group] = static_cast<int>(lightest - sizes.begin());
  }
  return folds;
}

/// Every fold that has no group gets the smallest one of the fold with the most.
void fill_empty_folds(const GroupCounts& counts, int n_folds, std::vector<int>& folds) {
  Numbers n_groups(static_cast<std::size_t>(n_folds), 0);
  for (const int fold : folds) ++n_groups[fold];
  for (std::size_t empty = 0; empty < n_groups.size(); ++empty) {
    if (n_groups[empty] > 0) continue;
    const auto giver = static_cast<int>(std::max_element(n_groups.begin(), n_groups.end()) - n_groups.begin());
    std::size_t smallest = counts.n_groups();
    for (std::size_t group = 0; group < folds.size(); ++group) {
      if (folds[group] != giver) continue;
      if (smallest == counts.n_groups() || counts.size(group) < counts.size(smallest)) smallest = group;
    }
    folds[smallest] = static_cast<int>(empty);
    --n_groups[giver];
    ++n_groups[empty];
  }
}

/// Classes in order of first appearance, which is how StratifiedKFold deals them out.
std::vector<int> by_appearance(const ClassNumbers& classes) {
  std::vector<int> order;
  std::vector<char> seen(static_cast<std::size_t>(classes.n_classes), 0);
  for (const int c : classes.of_row) {
    if (seen[c] != 0) continue;
    seen[c] = 1;
    order.push_back(c);
  }
  return order;
}

}  // namespace

std::vector<int> stratified_folds(const ClassNumbers& classes, int n_folds, std::mt19937_64* random) {
  std::vector<Numbers> rows(static_cast<std::size_t>(classes.n_classes));
  for (std::size_t row = 0; row < classes.of_row.size(); ++row) rows[classes.of_row[row]].push_back(row);
  const auto k = static_cast<std::size_t>(n_folds);
  std::vector<int> folds(classes.of_row.size());
  std::size_t n_dealt = 0;
  for (const int c : by_appearance(classes)) {
    if (random != nullptr) shuffle(rows[c], *random);
    // Rows sorted by class are dealt out in turn; of its class a fold then takes the next so many rows in a block.
    Numbers n_rows(k, 0);
    for (std::size_t i = 0; i < rows[c].size(); ++i) ++n_rows[n_dealt++ % k];
    auto row = rows[c].begin();
    for (std::size_t fold = 0; fold < k; ++fold) {
      for (std::size_t i = 0; i < n_rows[fold]; ++i) folds[*row++] = static_cast<int>(fold);
    }
  }
  return folds;
}

std::vector<int> group_folds(const GroupCounts& counts, int n_folds, std::mt19937_64* random) {
  Numbers order(counts.n_groups());
  std::iota(order.begin(), order.end(), 0);
  if (random != nullptr) shuffle(order, *random);
  std::vector<int> folds = counts.n_classes() < 2 ? largest_to_lightest(counts, n_folds, std::move(order))
                                                  : stratified_group_folds(counts, n_folds, std::move(order));
  fill_empty_folds(counts, n_folds, folds);
  return folds;
}

std::vector<std::size_t> temporal_folds(std::span<const double> sorted_times, int n_folds) {
  const std::size_t n = sorted_times.size();
  const auto k = static_cast<std::size_t>(n_folds);
  Numbers places{0};  // where a different time begins
  for (std::size_t i = 1; i < n; ++i) {
    if (sorted_times[i] != sorted_times[i - 1]) places.push_back(i);
  }
  if (places.size() < k + 2) {
    throw std::invalid_argument("a temporal split into " + std::to_string(n_folds) + " folds needs at least " +
                                std::to_string(k + 2) +
                                " different times, because equal times stay together; the rows have " +
                                std::to_string(places.size()) + "; use fewer folds or another `date_column`");
  }
  Numbers starts;
  std::size_t least = 2;
  for (std::size_t fold = 0; fold < k; ++fold) {
    const std::size_t wanted = n - (k - fold) * (n / (k + 1));
    const std::size_t most = places.size() - (k - fold);
    std::size_t best = least;
    for (std::size_t i = least; i <= most; ++i) {
      const auto distance = [&](std::size_t place) { return place > wanted ? place - wanted : wanted - place; };
      if (distance(places[i]) < distance(places[best])) best = i;
    }
    starts.push_back(places[best]);
    least = best + 1;
  }
  starts.push_back(n);
  return starts;
}

}  // namespace hitscope::models::data
