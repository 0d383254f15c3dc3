#include "models/evaluation/metrics.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "models/evaluation/ranking.h"

namespace hitscope::models::evaluation {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double ratio(double a, double b) {
  return b > 0.0 ? a / b : 0.0;
}

/// scikit-learn's order of operations: where a report rounds, the last bit decides.
double f1_of(double precision, double recall) {
  return ratio(2.0 * precision * recall, precision + recall);
}

void require(bool holds, const std::string& rule) {
  if (!holds) throw std::invalid_argument(rule);
}

void require_classes(const char* field, std::span<const int> classes, int n_classes) {
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (classes[i] >= 0 && classes[i] < n_classes) continue;
    throw std::invalid_argument(std::string(field) + "[" + std::to_string(i) + "] is " + std::to_string(classes[i]) +
                                ", must be a class from 0 to " + std::to_string(n_classes - 1));
  }
}

/// Row and column sums of a confusion matrix.
struct Margins {
  explicit Margins(std::span<const std::size_t> confusion, std::size_t n_classes)
      : support(n_classes, 0.0), predicted(n_classes, 0.0), correct(n_classes, 0.0) {
    for (std::size_t t = 0; t < n_classes; ++t) {
      for (std::size_t p = 0; p < n_classes; ++p) {
        const auto count = static_cast<double>(confusion[t * n_classes + p]);
        support[t] += count;
        predicted[p] += count;
        if (t == p) correct[t] = count;
      }
    }
    total = std::accumulate(support.begin(), support.end(), 0.0);
    n_correct = std::accumulate(correct.begin(), correct.end(), 0.0);
  }

  std::vector<double> support;
  std::vector<double> predicted;
  std::vector<double> correct;
  double total = 0.0;
  double n_correct = 0.0;
};

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

/// scikit-learn divides by the row's sum after clipping, so that probabilities off by rounding are not rewarded.
double log_loss(std::span<const int> targets, const data::Probabilities& p) {
  constexpr double kLeast = 1e-15;
  double sum = 0.0;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    double row = 0.0;
    for (int c = 0; c < p.n_classes; ++c) row += std::clamp(p.at(i, c), kLeast, 1.0 - kLeast);
    sum -= std::log(std::clamp(p.at(i, targets[i]), kLeast, 1.0 - kLeast) / row);
  }
  return sum / static_cast<double>(targets.size());
}

double brier(std::span<const int> targets, const data::Probabilities& p) {
  double sum = 0.0;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    // Of two classes both errors are the same: scikit-learn counts the second one's only.
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

/// What predicted classes suffice for; the rest NaN.
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

std::vector<double> shares_of(std::span<const int> targets, int n_classes) {
  require(!targets.empty(), "baseline: training targets must not be empty");
  require_classes("training_targets", targets, n_classes);
  std::vector<double> shares(n_classes, 0.0);
  for (const int t : targets) shares[t] += 1.0;
  for (double& share : shares) share /= static_cast<double>(targets.size());
  return shares;
}

data::Probabilities repeated(const std::vector<double>& row, std::size_t n_rows) {
  data::Probabilities p{n_rows, static_cast<int>(row.size()), {}};
  p.values.reserve(n_rows * row.size());
  for (std::size_t i = 0; i < n_rows; ++i) p.values.insert(p.values.end(), row.begin(), row.end());
  return p;
}

/// numpy's order of summation (pairwise, eight at a time): where a report rounds, the last bit decides.
double pairwise_sum(std::span<const double> values) {
  if (values.size() < 8) return std::accumulate(values.begin(), values.end(), 0.0);
  if (values.size() > 128) {
    const std::size_t half = values.size() / 2 / 8 * 8;
    return pairwise_sum(values.first(half)) + pairwise_sum(values.subspan(half));
  }
  double r[8];
  std::copy_n(values.begin(), 8, r);
  std::size_t i = 8;
  for (; i + 8 <= values.size(); i += 8) {
    for (std::size_t j = 0; j < 8; ++j) r[j] += values[i + j];
  }
  const double sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
  return std::accumulate(values.begin() + static_cast<std::ptrdiff_t>(i), values.end(), sum);
}

/// Characters, not bytes, of UTF-8.
std::size_t length_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

struct ReportLines {
  std::size_t width = 0;
  /// Where nothing at all is right, scikit-learn counts in floats, and prints them so.
  const char* after_support = "";

  std::string operator()(const std::string& name, const ClassScore& s, bool f1_only = false) const {
    char numbers[64];
    const int n = f1_only ? std::snprintf(numbers, sizeof numbers, " %9s %9s %9.2f ", "", "", s.f1)
                          : std::snprintf(numbers, sizeof numbers, " %9.2f %9.2f %9.2f ", s.precision, s.recall, s.f1);
    return padded(name, width) + ' ' + std::string(numbers, n) + padded(std::to_string(s.support) + after_support, 9) +
           '\n';
  }

  static std::string padded(const std::string& text, std::size_t width) {
    return std::string(width - std::min(width, length_of(text)), ' ') + text;
  }
};

/// Mean of the classes' values, weighted.
template <typename Weight>
ClassScore average(const std::vector<ClassScore>& classes, std::size_t n_rows, const Weight& weight) {
  std::vector<double> weights;
  for (const ClassScore& c : classes) weights.push_back(weight(c));
  const auto mean = [&](double ClassScore::*member) {
    std::vector<double> values;
    for (std::size_t c = 0; c < classes.size(); ++c) values.push_back(classes[c].*member * weights[c]);
    return pairwise_sum(values) / pairwise_sum(weights);
  };
  return {mean(&ClassScore::precision), mean(&ClassScore::recall), mean(&ClassScore::f1), n_rows, kNan, kNan};
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
  const auto middle = errors.begin() + static_cast<std::ptrdiff_t>(errors.size() / 2);
  std::nth_element(errors.begin(), middle, errors.end());
  s.median_absolute_error =
      errors.size() % 2 == 1 ? *middle : 0.5 * (*std::max_element(errors.begin(), middle) + *middle);
  s.spearman = spearman(targets, predicted);
  s.kendall = kendall(targets, predicted);
  return s;
}

std::string classification_report(const Scores& scores, std::span<const std::string> class_names) {
  const auto& classes = scores.classes;
  require(class_names.size() == classes.size(), "classification_report: " + std::to_string(class_names.size()) +
                                                    " names must be as many as the " + std::to_string(classes.size()) +
                                                    " classes");
  const Margins m(scores.confusion, classes.size());
  bool all_seen = true;
  std::size_t width = std::string_view("weighted avg").size();
  for (std::size_t c = 0; c < classes.size(); ++c) {
    all_seen = all_seen && m.support[c] + m.predicted[c] > 0.0;
    width = std::max(width, length_of(class_names[c]));
  }
  const ReportLines line{width, m.n_correct > 0.0 ? "" : ".0"};
  std::string text = std::string(width, ' ') + "  precision    recall  f1-score   support\n\n";
  for (std::size_t c = 0; c < classes.size(); ++c) text += line(class_names[c], classes[c]);
  const auto n_rows = static_cast<std::size_t>(m.total);
  const double accuracy = ratio(m.n_correct, m.total);
  const ClassScore micro{accuracy, accuracy, f1_of(accuracy, accuracy), n_rows, kNan, kNan};
  text += '\n' + (all_seen ? line("accuracy", micro, true) : line("micro avg", micro));
  text += line("macro avg", average(classes, n_rows, [](const ClassScore&) { return 1.0; }));
  const auto by_support = [](const ClassScore& c) { return static_cast<double>(c.support); };
  return text + line("weighted avg", average(classes, n_rows, by_support));
}

data::Probabilities majority_baseline(std::span<const int> training_targets, int n_classes, std::size_t n_rows) {
  auto row = shares_of(training_targets, n_classes);
  const auto majority = std::max_element(row.begin(), row.end()) - row.begin();
  row.assign(row.size(), 0.0);
  row[majority] = 1.0;
  return repeated(row, n_rows);
}

data::Probabilities prior_baseline(std::span<const int> training_targets, int n_classes, std::size_t n_rows) {
  return repeated(shares_of(training_targets, n_classes), n_rows);
}

data::Probabilities group_mean_baseline(std::span<const int> training_targets,
                                        std::span<const std::string> training_groups, int n_classes,
                                        std::span<const std::string> groups) {
  require(training_targets.size() == training_groups.size(),
          "group_mean_baseline: training targets and groups must be as many");
  data::Probabilities p = prior_baseline(training_targets, n_classes, groups.size());
  std::unordered_map<std::string_view, std::vector<int>> targets_of;
  for (std::size_t i = 0; i < training_groups.size(); ++i) {
    // An empty group is one of its own: nobody else's.
    if (!training_groups[i].empty()) targets_of[training_groups[i]].push_back(training_targets[i]);
  }
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const auto found = targets_of.find(groups[i]);
    if (found == targets_of.end()) continue;
    const auto shares = shares_of(found->second, n_classes);
    std::copy(shares.begin(), shares.end(), p.values.begin() + static_cast<std::ptrdiff_t>(i * n_classes));
  }
  return p;
}

}  // namespace hitscope::models::evaluation
