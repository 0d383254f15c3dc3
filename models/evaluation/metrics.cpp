#include "models/evaluation/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <random>
#include <stdexcept>

#include "models/evaluation/ranking.h"

namespace hitscope::models {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double ratio(double a, double b) {
  return b > 0.0 ? a / b : 0.0;
}

struct Counts {
  explicit Counts(int n) : n_classes(n), table(static_cast<std::size_t>(n) * n, 0) {}
  void add(int target, int prediction) { ++table[static_cast<std::size_t>(target) * n_classes + prediction]; }
  double at(int t, int p) const { return static_cast<double>(table[static_cast<std::size_t>(t) * n_classes + p]); }
  double support(int t) const {
    double sum = 0.0;
    for (int p = 0; p < n_classes; ++p) sum += at(t, p);
    return sum;
  }
  double predicted(int p) const {
    double sum = 0.0;
    for (int t = 0; t < n_classes; ++t) sum += at(t, p);
    return sum;
  }
  double total() const { return static_cast<double>(std::accumulate(table.begin(), table.end(), std::size_t{0})); }
  double correct() const {
    double sum = 0.0;
    for (int c = 0; c < n_classes; ++c) sum += at(c, c);
    return sum;
  }

  int n_classes;
  std::vector<std::size_t> table;
};

double macro_f1(const Counts& counts) {
  double sum = 0.0;
  int n = 0;
  for (int c = 0; c < counts.n_classes; ++c) {
    const double either = counts.support(c) + counts.predicted(c);
    if (either == 0.0) continue;
    sum += 2.0 * counts.at(c, c) / either;
    ++n;
  }
  return ratio(sum, n);
}

double mcc(const Counts& counts) {
  const double n = counts.total();
  double sum_tp = 0.0;
  double sum_tt = 0.0;
  double sum_pp = 0.0;
  for (int c = 0; c < counts.n_classes; ++c) {
    sum_tp += counts.support(c) * counts.predicted(c);
    sum_tt += counts.support(c) * counts.support(c);
    sum_pp += counts.predicted(c) * counts.predicted(c);
  }
  const double norm = std::sqrt((n * n - sum_pp) * (n * n - sum_tt));
  return norm > 0.0 ? (counts.correct() * n - sum_tp) / norm : 0.0;
}

double quadratic_kappa(const Counts& counts) {
  double seen = 0.0;
  double expected = 0.0;
  for (int t = 0; t < counts.n_classes; ++t) {
    for (int p = 0; p < counts.n_classes; ++p) {
      const double weight = static_cast<double>((t - p) * (t - p));
      seen += weight * counts.at(t, p);
      expected += weight * counts.support(t) * counts.predicted(p) / counts.total();
    }
  }
  return expected > 0.0 ? 1.0 - seen / expected : kNan;
}

/// Mean over classes of a one-vs-rest ranking metric; NaN where a class has no row or all of them.
template <typename Metric>
double one_vs_rest(std::span<const int> targets, const Probabilities& p, const Metric& metric) {
  double sum = 0.0;
  for (int c = 0; c < p.n_classes; ++c) {
    std::vector<double> scores(targets.size());
    std::vector<bool> positive(targets.size());
    for (std::size_t i = 0; i < targets.size(); ++i) {
      scores[i] = p.at(i, c);
      positive[i] = targets[i] == c;
    }
    sum += metric(positive, scores);
  }
  return sum / p.n_classes;
}

double log_loss(std::span<const int> targets, const Probabilities& p) {
  constexpr double kLeast = 1e-15;
  double sum = 0.0;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    sum -= std::log(std::clamp(p.at(i, targets[i]), kLeast, 1.0 - kLeast));
  }
  return sum / static_cast<double>(targets.size());
}

double spearman_of(std::span<const int> targets, const Probabilities& p) {
  std::vector<double> expected(targets.size(), 0.0);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    for (int c = 0; c < p.n_classes; ++c) expected[i] += c * p.at(i, c);
  }
  return spearman(std::vector<double>(targets.begin(), targets.end()), expected);
}

Interval percentile_95(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto at = [&](double q) { return values[static_cast<std::size_t>(std::lround(q * (values.size() - 1)))]; };
  return {at(0.025), at(0.975)};
}

int majority_of(std::span<const int> targets, int n_classes) {
  std::vector<std::size_t> counts(n_classes, 0);
  for (const int t : targets) ++counts[t];
  return static_cast<int>(std::max_element(counts.begin(), counts.end()) - counts.begin());
}

}  // namespace

Scores score_predictions(std::span<const int> targets, const Probabilities& predicted, bool ordered) {
  if (targets.empty() || targets.size() != predicted.n_rows) {
    throw std::invalid_argument("score_predictions: no rows, or targets and predictions of different length");
  }
  Counts counts(predicted.n_classes);
  for (std::size_t i = 0; i < targets.size(); ++i) counts.add(targets[i], predicted.predicted(i));
  Scores scores;
  scores.accuracy = counts.correct() / counts.total();
  double recalls = 0.0;
  int n_supported = 0;
  for (int c = 0; c < predicted.n_classes; ++c) {
    const double support = counts.support(c);
    const double precision = ratio(counts.at(c, c), counts.predicted(c));
    const double recall = ratio(counts.at(c, c), support);
    scores.classes.push_back({precision, recall, ratio(2.0 * counts.at(c, c), support + counts.predicted(c)),
                              static_cast<std::size_t>(support)});
    recalls += recall;
    n_supported += support > 0.0 ? 1 : 0;
  }
  scores.balanced_accuracy = ratio(recalls, n_supported);
  scores.macro_f1 = macro_f1(counts);
  scores.roc_auc = one_vs_rest(targets, predicted, roc_auc);
  scores.average_precision = one_vs_rest(targets, predicted, average_precision);
  scores.log_loss = log_loss(targets, predicted);
  scores.mcc = mcc(counts);
  scores.quadratic_kappa = ordered ? quadratic_kappa(counts) : kNan;
  scores.spearman = ordered ? spearman_of(targets, predicted) : kNan;
  scores.confusion = counts.table;
  return scores;
}

Uncertainty bootstrap(std::span<const int> targets, const Probabilities& predicted, int majority,
                      std::span<const std::string> groups, std::uint64_t seed) {
  constexpr int kRounds = 1000;
  std::map<std::string, std::vector<std::size_t>> by_group;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    by_group[groups[i].empty() ? "\x01row " + std::to_string(i) : groups[i]].push_back(i);
  }
  std::vector<const std::vector<std::size_t>*> rows_of;
  rows_of.reserve(by_group.size());
  for (const auto& [name, rows] : by_group) rows_of.push_back(&rows);
  std::mt19937_64 random(seed);
  std::vector<double> accuracy;
  std::vector<double> f1;
  std::vector<double> advantage;
  for (int round = 0; round < kRounds; ++round) {
    Counts counts(predicted.n_classes);
    for (std::size_t g = 0; g < rows_of.size(); ++g) {
      for (const std::size_t i : *rows_of[random() % rows_of.size()]) counts.add(targets[i], predicted.predicted(i));
    }
    accuracy.push_back(counts.correct() / counts.total());
    f1.push_back(macro_f1(counts));
    advantage.push_back((counts.correct() - counts.support(majority)) / counts.total());
  }
  return {percentile_95(accuracy), percentile_95(f1), percentile_95(advantage)};
}

Probabilities majority_baseline(std::span<const int> training_targets, int n_classes, std::size_t n_rows) {
  Probabilities p{n_rows, n_classes, std::vector<double>(n_rows * n_classes, 0.0)};
  const int majority = majority_of(training_targets, n_classes);
  for (std::size_t i = 0; i < n_rows; ++i) p.values[i * n_classes + majority] = 1.0;
  return p;
}

Probabilities prior_baseline(std::span<const int> training_targets, int n_classes, std::size_t n_rows) {
  std::vector<double> shares(n_classes, 0.0);
  for (const int t : training_targets) shares[t] += 1.0 / static_cast<double>(training_targets.size());
  Probabilities p{n_rows, n_classes, {}};
  for (std::size_t i = 0; i < n_rows; ++i) p.values.insert(p.values.end(), shares.begin(), shares.end());
  return p;
}

}  // namespace hitscope::models
