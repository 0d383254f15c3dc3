#include "models/evaluation/ranking.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "models/evaluation/ranking_steps.h"

namespace hitscope::models::evaluation {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// Indices from the largest value to the smallest, equal ones by position.
std::vector<std::size_t> descending(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return values[a] > values[b]; });
  return order;
}

/// Ranks from 1, equal values sharing their mean rank.
std::vector<double> ranks(std::span<const double> values) {
  std::vector<std::pair<double, std::size_t>> order(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) order[i] = {values[i], i};
  std::sort(order.begin(), order.end());
  std::vector<double> result(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i;
    while (end < order.size() && order[end].first == order[i].first) ++end;
    const double rank = 0.5 * static_cast<double>(i + 1 + end);
    for (; i < end; ++i) result[order[i].second] = rank;
  }
  return result;
}

double area_under_roc(const Steps& steps) {
  if (steps.thresholds.empty() || steps.positives.back() == 0 || steps.negatives.back() == 0) return kNan;
  std::uint64_t twice_area = 0;  // whole numbers: no rounding until the last division
  std::uint64_t n_positive = 0;
  std::uint64_t n_negative = 0;
  for (std::size_t i = 0; i < steps.thresholds.size(); ++i) {
    twice_area += (steps.negatives[i] - n_negative) * (steps.positives[i] + n_positive);
    n_positive = steps.positives[i];
    n_negative = steps.negatives[i];
  }
  return static_cast<double>(twice_area) / (2.0 * static_cast<double>(n_positive) * static_cast<double>(n_negative));
}

double area_under_steps(const Steps& steps) {
  if (steps.thresholds.empty() || steps.positives.back() == 0) return kNan;
  double sum = 0.0;
  std::uint64_t before = 0;
  for (std::size_t i = 0; i < steps.thresholds.size(); ++i) {
    sum += static_cast<double>(steps.positives[i] - before) * precision_at(steps, i);
    before = steps.positives[i];
  }
  return sum / static_cast<double>(before);
}

std::uint64_t pairs_among(std::uint64_t n) {
  return n * (n - (n > 0 ? 1 : 0)) / 2;
}

/// Pairs within runs of equal neighbours.
template <typename Items, typename Equal>
std::uint64_t tied_pairs(const Items& items, const Equal& equal) {
  std::uint64_t pairs = 0;
  for (std::size_t i = 0; i < items.size();) {
    std::size_t end = i + 1;
    while (end < items.size() && equal(items[i], items[end])) ++end;
    pairs += pairs_among(end - i);
    i = end;
  }
  return pairs;
}

/// Sorts by merging and returns how many pairs stood in the wrong order.
std::uint64_t sort_counting_inversions(std::vector<double>& values) {
  std::uint64_t inversions = 0;
  std::vector<double> merged(values.size());
  for (std::size_t width = 1; width < values.size(); width *= 2) {
    for (std::size_t begin = 0; begin < values.size(); begin += 2 * width) {
      const std::size_t middle = std::min(begin + width, values.size());
      const std::size_t end = std::min(begin + 2 * width, values.size());
      std::size_t left = begin;
      std::size_t right = middle;
      for (std::size_t i = begin; i < end; ++i) {
        const bool take_right = left == middle || (right < end && values[right] < values[left]);
        if (take_right) inversions += middle - left;
        merged[i] = take_right ? values[right++] : values[left++];
      }
    }
    values.swap(merged);
  }
  return inversions;
}

}  // namespace

RankingScores ranking_scores(const std::vector<bool>& positive, std::span<const double> scores) {
  require_same_length("ranking_scores", positive.size(), scores.size());
  if (has_nan(scores)) return {kNan, kNan};
  const Steps steps = steps_of(positive, scores);
  return {area_under_roc(steps), area_under_steps(steps)};
}

double roc_auc(const std::vector<bool>& positive, const std::vector<double>& scores) {
  return ranking_scores(positive, scores).roc_auc;
}

double average_precision(const std::vector<bool>& positive, const std::vector<double>& scores) {
  return ranking_scores(positive, scores).average_precision;
}

double spearman(std::span<const double> a, std::span<const double> b) {
  require_same_length("spearman", a.size(), b.size());
  if (has_nan(a) || has_nan(b)) return kNan;
  const auto ranks_a = ranks(a);
  const auto ranks_b = ranks(b);
  const double mean = 0.5 * static_cast<double>(a.size() + 1);
  double ab = 0.0;
  double aa = 0.0;
  double bb = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += (ranks_a[i] - mean) * (ranks_b[i] - mean);
    aa += (ranks_a[i] - mean) * (ranks_a[i] - mean);
    bb += (ranks_b[i] - mean) * (ranks_b[i] - mean);
  }
  return aa > 0.0 && bb > 0.0 ? std::clamp(ab / std::sqrt(aa * bb), -1.0, 1.0) : kNan;
}

// Knight's: after sorting by a (then b), the discordant pairs are the inversions of b.
double kendall(std::span<const double> a, std::span<const double> b) {
  require_same_length("kendall", a.size(), b.size());
  if (has_nan(a) || has_nan(b)) return kNan;
  std::vector<std::pair<double, double>> items(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) items[i] = {a[i], b[i]};
  std::sort(items.begin(), items.end());
  const auto tied_a = tied_pairs(items, [](const auto& x, const auto& y) { return x.first == y.first; });
  const auto tied_both = tied_pairs(items, [](const auto& x, const auto& y) { return x == y; });
  std::vector<double> values(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) values[i] = items[i].second;
  const auto discordant = static_cast<std::int64_t>(sort_counting_inversions(values));
  const auto tied_b = tied_pairs(values, std::equal_to<>());
  const std::uint64_t pairs = pairs_among(items.size());
  if (pairs == tied_a || pairs == tied_b) return kNan;
  const auto untied = static_cast<std::int64_t>(pairs + tied_both - tied_a - tied_b);
  const double norm = std::sqrt(static_cast<double>(pairs - tied_a) * static_cast<double>(pairs - tied_b));
  const double tau = static_cast<double>(untied - 2 * discordant) / norm;
  return std::clamp(tau, -1.0, 1.0);
}

double ndcg(std::span<const double> relevance, std::span<const double> scores, std::size_t k) {
  require_same_length("ndcg", relevance.size(), scores.size());
  if (has_nan(relevance) || has_nan(scores)) return kNan;
  if (std::any_of(relevance.begin(), relevance.end(), [](double r) { return r < 0.0; })) {
    throw std::invalid_argument("ndcg: relevance must be 0 or more");
  }
  const std::size_t n_counted = k == 0 ? relevance.size() : std::min(k, relevance.size());
  std::vector<double> discounts(relevance.size(), 0.0);
  for (std::size_t i = 0; i < n_counted; ++i) discounts[i] = 1.0 / std::log2(static_cast<double>(i) + 2.0);
  const auto order = descending(scores);
  double gain = 0.0;
  for (std::size_t i = 0; i < n_counted;) {
    double relevances = 0.0;
    double discount = 0.0;
    std::size_t end = i;
    for (; end < order.size() && scores[order[end]] == scores[order[i]]; ++end) {
      relevances += relevance[order[end]];
      discount += discounts[end];
    }
    gain += relevances / static_cast<double>(end - i) * discount;
    i = end;
  }
  double best = 0.0;
  const auto ideal = descending(relevance);
  for (std::size_t i = 0; i < n_counted; ++i) best += relevance[ideal[i]] * discounts[i];
  return best > 0.0 ? gain / best : 0.0;
}

double recall_at_k(std::span<const double> relevance, std::span<const double> scores, std::size_t k) {
  require_same_length("recall_at_k", relevance.size(), scores.size());
  if (k == 0 || k > scores.size() || has_nan(relevance) || has_nan(scores)) return kNan;
  std::vector<bool> wanted(scores.size(), false);
  const auto ideal = descending(relevance);
  for (std::size_t i = 0; i < k; ++i) wanted[ideal[i]] = true;
  const auto order = descending(scores);
  const auto n_found = std::count_if(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(k),
                                     [&](std::size_t i) { return wanted[i]; });
  return static_cast<double>(n_found) / static_cast<double>(k);
}

}  // namespace hitscope::models::evaluation
