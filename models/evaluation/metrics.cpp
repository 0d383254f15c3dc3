#include "models/evaluation/metrics.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <utility>

#include "models/data/quantile.h"
#include "models/evaluation/confusion_margins.h"
#include "models/evaluation/log_loss.h"
#include "models/evaluation/ranking.h"

namespace hitscope::models::evaluation {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double mcc(const Margins& m) {
  const auto dot = [](const auto& a, const auto& b) { return std::inner_product(a.begin(), a.end(), b.begin(), 0.0); };
  const double n = m.total;
  const double norm = std::sqrt(n * n - dot(m.predicted, m.predicted)) * std::sqrt(n * n - dot(m.support, m.support));
  return ratio(m.n_correct * n - dot(m.support, m.predicted), norm);
}

/// Cohen's: 1 - disagreement seen / disagreement expected by chance, each cell weighted.
template <typename Weight>
double kappa(std::span<const std::size_t> confusion, const Margins& m, const Weight& weight) {
  const std::size_t n_classes = m.support.size();
  double seen = 0.0;
  double expected = 0.0;
  for (std::size_t t = 0; t < n_classes; ++t) {
    for (std::size_t p = 0; p < n_classes; ++p) {
      const double w = weight(static_cast<double>(t) - static_cast<double>(p));
      seen += w * static_cast<double>(confusion[t * n_classes + p]);
      expected += w * m.support[t] * m.predicted[p] / m.total;
    }
  }
  return expected > 0.0 ? 1.0 - seen / expected : kNan;
}

Scores scores_of_confusion(std::vector<std::size_t> confusion, int n_classes, bool ordered) {
  const Margins m(confusion, n_classes);
  Scores s;
  s.accuracy = m.n_correct / m.total;
  int n_supported = 0;
  int n_seen = 0;
  for (int c = 0; c < n_classes; ++c) {
    const double precision = ratio(m.correct[c], m.predicted[c]);
    const double recall = ratio(m.correct[c], m.support[c]);
    const double f1 = f1_of(precision, recall);
    s.classes.push_back({precision, recall, f1, static_cast<std::size_t>(m.support[c]), kNan, kNan});
    s.balanced_accuracy += recall;
    s.macro_f1 += f1;
    s.weighted_f1 += f1 * m.support[c] / m.total;
    n_supported += m.support[c] > 0.0 ? 1 : 0;
    n_seen += m.support[c] + m.predicted[c] > 0.0 ? 1 : 0;
  }
  s.balanced_accuracy /= n_supported;
  s.macro_f1 /= n_seen;
  s.roc_auc = s.average_precision = s.log_loss = s.brier = s.spearman = s.kendall = kNan;
  s.mcc = mcc(m);
  s.kappa = kappa(confusion, m, [](double distance) { return distance != 0.0 ? 1.0 : 0.0; });
  s.quadratic_kappa = ordered ? kappa(confusion, m, [](double distance) { return distance * distance; }) : kNan;
  s.confusion = std::move(confusion);
  return s;
}

void score_ranking(std::span<const int> targets, const data::Probabilities& p, Scores& s) {
  std::vector<double> scores(targets.size());
  std::vector<bool> positive(targets.size());
  s.roc_auc = s.average_precision = 0.0;
  for (int c = 0; c < p.n_classes; ++c) {
    for (std::size_t i = 0; i < targets.size(); ++i) {
      scores[i] = p.at(i, c);
      positive[i] = targets[i] == c;
    }
    const RankingScores got = ranking_scores(positive, scores);
    s.classes[c].roc_auc = got.roc_auc;
    s.classes[c].average_precision = got.average_precision;
    s.roc_auc += got.roc_auc / p.n_classes;
    s.average_precision += got.average_precision / p.n_classes;
  }
  if (p.n_classes == 2) {
    s.roc_auc = s.classes[1].roc_auc;
    s.average_precision = s.classes[1].average_precision;
  }
}

double log_loss(std::span<const int> targets, const data::Probabilities& p) {
  double sum = 0.0;
  for (std::size_t i = 0; i < targets.size(); ++i) sum += row_log_loss(p, i, targets[i]);
  return sum / static_cast<double>(targets.size());
}

double brier(std::span<const int> targets, const data::Probabilities& p) {
  double sum = 0.0;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    // With two classes both errors are equal; like scikit-learn, only that of the second is counted.
    for (int c = p.n_classes == 2 ? 1 : 0; c < p.n_classes; ++c) {
      const double error = p.at(i, c) - (targets[i] == c ? 1.0 : 0.0);
      sum += error * error;
    }
  }
  return sum / static_cast<double>(targets.size());
}

void score_order(std::span<const int> targets, std::span<const double> expected, Scores& s) {
  const std::vector<double> values(targets.begin(), targets.end());
  s.spearman = spearman(values, expected);
  s.kendall = kendall(values, expected);
}

/// The scores that need predicted classes only; all others are NaN.
Scores scores_of_classes(std::span<const int> targets, std::span<const int> predicted, int n_classes, bool ordered) {
  require(!targets.empty(), "scores: there must be rows");
  require(targets.size() == predicted.size(), "scores: " + std::to_string(targets.size()) + " targets and " +
                                                  std::to_string(predicted.size()) + " predictions must be as many");
  require_classes("targets", targets, n_classes);
  require_classes("predicted", predicted, n_classes);
  std::vector<std::size_t> confusion(static_cast<std::size_t>(n_classes) * n_classes, 0);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    ++confusion[static_cast<std::size_t>(targets[i]) * n_classes + predicted[i]];
  }
  return scores_of_confusion(std::move(confusion), n_classes, ordered);
}

}  // namespace

Scores score_classes(std::span<const int> targets, std::span<const int> predicted, int n_classes, bool ordered) {
  Scores scores = scores_of_classes(targets, predicted, n_classes, ordered);
  if (ordered) score_order(targets, std::vector<double>(predicted.begin(), predicted.end()), scores);
  return scores;
}

Scores score_predictions(std::span<const int> targets, const data::Probabilities& predicted, bool ordered) {
  require(predicted.values.size() == predicted.n_rows * predicted.n_classes,
          "score_predictions: probabilities must be n_rows * n_classes values");
  std::vector<int> classes(predicted.n_rows);
  for (std::size_t i = 0; i < classes.size(); ++i) classes[i] = predicted.predicted(i);
  Scores scores = scores_of_classes(targets, classes, predicted.n_classes, ordered);
  score_ranking(targets, predicted, scores);
  scores.log_loss = log_loss(targets, predicted);
  scores.brier = brier(targets, predicted);
  if (!ordered) return scores;
  std::vector<double> expected(targets.size(), 0.0);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    for (int c = 0; c < predicted.n_classes; ++c) expected[i] += c * predicted.at(i, c);
  }
  score_order(targets, expected, scores);
  return scores;
}

RegressionScores score_values(std::span<const double> targets, std::span<const double> predicted) {
  require(!targets.empty(), "score_values: there must be rows");
  require(targets.size() == predicted.size(), "score_values: " + std::to_string(targets.size()) + " targets and " +
                                                  std::to_string(predicted.size()) + " predictions must be as many");
  const auto n = static_cast<double>(targets.size());
  const double mean = std::accumulate(targets.begin(), targets.end(), 0.0) / n;
  std::vector<double> errors;
  double squares = 0.0;
  double spread = 0.0;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (!std::isfinite(targets[i]) || !std::isfinite(predicted[i])) return {kNan, kNan, kNan, kNan, kNan, kNan};
    errors.push_back(std::abs(targets[i] - predicted[i]));
    squares += errors.back() * errors.back();
    spread += (targets[i] - mean) * (targets[i] - mean);
  }
  RegressionScores s;
  // Equal targets may differ from their rounded mean: asked of the targets, not of the spread alone.
  const bool constant = std::adjacent_find(targets.begin(), targets.end(), std::not_equal_to<>()) == targets.end();
  const double r2 = constant || spread == 0.0 ? (squares > 0.0 ? 0.0 : 1.0) : 1.0 - squares / spread;
  s.r2 = targets.size() < 2 ? kNan : r2;
  s.mae = std::accumulate(errors.begin(), errors.end(), 0.0) / n;
  s.rmse = std::sqrt(squares / n);
  std::sort(errors.begin(), errors.end());
  s.median_absolute_error = data::median(errors);
  s.spearman = spearman(targets, predicted);
  s.kendall = kendall(targets, predicted);
  return s;
}

}  // namespace hitscope::models::evaluation
