#include "models/evaluation/ranking.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>

namespace hitscope::models::evaluation {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

void require_same_length(const char* function, std::size_t a, std::size_t b) {
  if (a == b) return;
  throw std::invalid_argument(std::string(function) + ": lengths " + std::to_string(a) + " and " + std::to_string(b) +
                              " must be equal");
}

/// NaN has no place in an order, and a sort that meets one is undefined: asked before every sort.
bool has_nan(std::span<const double> values) {
  return std::any_of(values.begin(), values.end(), [](double v) { return std::isnan(v); });
}

void require_numbers(const char* function, std::span<const double> values) {
  if (has_nan(values)) throw std::invalid_argument(std::string(function) + ": scores must be numbers, one is NaN");
}

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

/// How many positives and negatives score at least each of the distinct scores, from the largest on.
struct Steps {
  std::vector<double> thresholds;
  std::vector<std::uint64_t> positives;
  std::vector<std::uint64_t> negatives;
};

Steps steps_of(const std::vector<bool>& positive, std::span<const double> scores) {
  std::vector<std::pair<double, bool>> order(scores.size());
  for (std::size_t i = 0; i < scores.size(); ++i) order[i] = {scores[i], positive[i]};
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  Steps steps;
  std::uint64_t n_positive = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    n_positive += order[i].second ? 1 : 0;
    if (i + 1 < order.size() && order[i + 1].first == order[i].first) continue;
    steps.thresholds.push_back(order[i].first);
    steps.positives.push_back(n_positive);
    steps.negatives.push_back(i + 1 - n_positive);
  }
  return steps;
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

double precision_at(const Steps& steps, std::size_t i) {
  return static_cast<double>(steps.positives[i]) / static_cast<double>(steps.positives[i] + steps.negatives[i]);
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

RocCurve roc_curve(const std::vector<bool>& positive, const std::vector<double>& scores) {
  require_same_length("roc_curve", positive.size(), scores.size());
  require_numbers("roc_curve", scores);
  const Steps steps = steps_of(positive, scores);
  const std::size_t n = steps.thresholds.size();
  if (n == 0) return {};
  // Points on a straight line between their neighbours are dropped.
  const auto bends = [](const std::vector<std::uint64_t>& counts, std::size_t i) {
    return counts[i + 1] - counts[i] != counts[i] - counts[i - 1];
  };
  const auto share = [](std::uint64_t part, std::uint64_t all) {
    return all > 0 ? static_cast<double>(part) / static_cast<double>(all) : kNan;
  };
  const auto n_positive = steps.positives.back();
  const auto n_negative = steps.negatives.back();
  RocCurve curve{{share(0, n_negative)}, {share(0, n_positive)}, {steps.thresholds[0] + 1.0}};
  for (std::size_t i = 0; i < n; ++i) {
    if (i > 0 && i + 1 < n && !bends(steps.positives, i) && !bends(steps.negatives, i)) continue;
    curve.fpr.push_back(share(steps.negatives[i], n_negative));
    curve.tpr.push_back(share(steps.positives[i], n_positive));
    curve.thresholds.push_back(steps.thresholds[i]);
  }
  return curve;
}

PrecisionRecallCurve precision_recall_curve(const std::vector<bool>& positive, const std::vector<double>& scores) {
  require_same_length("precision_recall_curve", positive.size(), scores.size());
  require_numbers("precision_recall_curve", scores);
  const Steps steps = steps_of(positive, scores);
  PrecisionRecallCurve curve;
  for (std::size_t i = steps.thresholds.size(); i-- > 0;) {
    const auto n_positive = static_cast<double>(steps.positives.back());
    curve.precision.push_back(precision_at(steps, i));
    curve.recall.push_back(n_positive > 0.0 ? static_cast<double>(steps.positives[i]) / n_positive : 1.0);
    curve.thresholds.push_back(steps.thresholds[i]);
  }
  curve.precision.push_back(1.0);
  curve.recall.push_back(0.0);
  return curve;
}

CalibrationCurve calibration_curve(const std::vector<bool>& positive, const std::vector<double>& probabilities,
                                   int n_bins) {
  require_same_length("calibration_curve", positive.size(), probabilities.size());
  if (n_bins < 1)
    throw std::invalid_argument("calibration_curve: n_bins is " + std::to_string(n_bins) + ", must be 1 or more");
  // Edges as numpy.linspace computes them; a probability on an edge belongs to the bin below.
  std::vector<double> edges;
  for (int b = 1; b < n_bins; ++b) edges.push_back(b * (1.0 / n_bins));
  CalibrationCurve sums{std::vector<double>(n_bins, 0.0), std::vector<double>(n_bins, 0.0),
                        std::vector<std::size_t>(n_bins, 0)};
  for (std::size_t i = 0; i < positive.size(); ++i) {
    const double p = probabilities[i];
    if (!(p >= 0.0 && p <= 1.0)) {
      throw std::invalid_argument("calibration_curve: probability " + std::to_string(p) + " must be from 0 to 1");
    }
    const auto bin = std::lower_bound(edges.begin(), edges.end(), p) - edges.begin();
    sums.predicted[bin] += p;
    sums.fraction[bin] += positive[i] ? 1.0 : 0.0;
    ++sums.count[bin];
  }
  CalibrationCurve curve;
  for (int b = 0; b < n_bins; ++b) {
    if (sums.count[b] == 0) continue;
    curve.predicted.push_back(sums.predicted[b] / static_cast<double>(sums.count[b]));
    curve.fraction.push_back(sums.fraction[b] / static_cast<double>(sums.count[b]));
    curve.count.push_back(sums.count[b]);
  }
  return curve;
}

}  // namespace hitscope::models::evaluation
