#include "models/evaluation/calibration.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <stdexcept>

#include "dsp/json.h"
#include "models/evaluation/calibration_curves.h"

namespace hitscope::models::evaluation {
namespace {

/// Rows of the second class that are called so, of those that are not.
double score_of(ThresholdMetric metric, double hits, double false_alarms, double positives, double negatives) {
  if (metric == ThresholdMetric::kF1) return 2.0 * hits / (hits + false_alarms + positives);
  // Balanced accuracy times 2 * positives * negatives: whole numbers, so that equals are equal.
  return hits * negatives + (negatives - false_alarms) * positives;
}

double midpoint(double low, double high) {
  const double middle = low + (high - low) / 2.0;
  return middle > low ? middle : high;
}

/// The threshold that Calibrator::fit promises.
double best_threshold(ThresholdMetric metric, const data::Probabilities& predicted, std::span<const int> targets) {
  std::vector<std::pair<double, int>> rows;
  for (std::size_t i = 0; i < targets.size(); ++i) rows.emplace_back(predicted.at(i, 1), targets[i]);
  std::sort(rows.begin(), rows.end());
  const auto positives = static_cast<double>(std::count(targets.begin(), targets.end(), 1));
  const double negatives = static_cast<double>(rows.size()) - positives;
  if (positives == 0.0 || negatives == 0.0) return 0.5;
  double hits = 0.0;
  double false_alarms = 0.0;
  for (const auto& [score, target] : rows) {
    if (score > 0.5) ++(target == 1 ? hits : false_alarms);
  }
  double best = 0.5;
  double best_score = score_of(metric, hits, false_alarms, positives, negatives);
  hits = positives;
  false_alarms = negatives;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    // Here rows i and later are called the second class.
    if (i == 0 || rows[i].first != rows[i - 1].first) {
      const double candidate = i == 0 ? rows[0].first : midpoint(rows[i - 1].first, rows[i].first);
      const double score = score_of(metric, hits, false_alarms, positives, negatives);
      const bool nearer = std::abs(candidate - 0.5) < std::abs(best - 0.5);
      // At 0.5 itself a row is called the first class, which is not what was counted.
      if (candidate != 0.5 && (score > best_score || (score == best_score && nearer))) {
        best = candidate;
        best_score = score;
      }
    }
    --(rows[i].second == 1 ? hits : false_alarms);
  }
  return best;
}

std::vector<int> targets_of_validation(const data::Probabilities& predicted, std::span<const int> targets,
                                       std::span<const std::size_t> rows) {
  const auto n_classes = static_cast<std::size_t>(std::max(predicted.n_classes, 0));
  if (rows.empty() || predicted.n_rows != rows.size() || predicted.values.size() != rows.size() * n_classes) {
    throw std::invalid_argument("calibration: " + std::to_string(predicted.n_rows) + " predictions for " +
                                std::to_string(rows.size()) + " validation rows; there must be one each");
  }
  std::vector<int> taken;
  for (const std::size_t row : rows) {
    if (row >= targets.size() || targets[row] < 0 || targets[row] >= predicted.n_classes) {
      throw std::invalid_argument("calibration: validation row " + std::to_string(row) + " has no class");
    }
    taken.push_back(targets[row]);
  }
  for (const double p : predicted.values) {
    if (!std::isfinite(p)) throw std::invalid_argument("calibration: a probability is not finite");
  }
  return taken;
}

std::vector<double> column_of(const data::Probabilities& predicted, int c) {
  std::vector<double> column;
  for (std::size_t i = 0; i < predicted.n_rows; ++i) column.push_back(predicted.at(i, c));
  return column;
}

}  // namespace

Calibrator::Curve Calibrator::fit_platt(std::span<const double> scores, const std::vector<bool>& positive) {
  const auto n = static_cast<double>(scores.size());
  const auto n_positive = static_cast<double>(std::count(positive.begin(), positive.end(), true));
  const double high = (n_positive + 1.0) / (n_positive + 2.0);
  const double low = 1.0 / (n - n_positive + 2.0);
  const double start = std::log((n - n_positive + 1.0) / (n_positive + 1.0));
  std::vector<double> targets;
  for (const bool is : positive) targets.push_back(is ? high : low);
  const auto [least, most] = std::minmax_element(scores.begin(), scores.end());
  if (*most - *least < 1e-150) {  // or the squares below would be 0
    // Every line through one point fits alike: that to which a descent from (0, start) goes, as scikit-learn's.
    const double share = std::accumulate(targets.begin(), targets.end(), 0.0) / n;
    const double slope = (std::log((1.0 - share) / share) - start) * *least / (*least * *least + 1.0);
    return {slope, std::log((1.0 - share) / share) - slope * *least, {}, {}};
  }
  const double mean = std::accumulate(scores.begin(), scores.end(), 0.0) / n;
  double squares = 0.0;
  for (const double score : scores) squares += (score - mean) * (score - mean);
  const double deviation = std::sqrt(squares / n);
  std::vector<double> normal;
  for (const double score : scores) normal.push_back((score - mean) / deviation);
  const auto [slope, offset] = minimise_platt(normal, targets, start);
  return {slope / deviation, offset - slope / deviation * mean, {}, {}};
}

Calibrator::Curve Calibrator::fit_isotonic(std::span<const double> scores, const std::vector<bool>& positive) {
  Steps steps = distinct_scores(scores, positive);
  pool_adjacent_violators(steps);
  Curve curve;
  for (std::size_t i = 0; i < steps.values.size(); ++i) {
    // Between equal neighbours a line needs no point.
    const bool inside = i > 0 && i + 1 < steps.values.size();
    if (inside && steps.values[i] == steps.values[i - 1] && steps.values[i] == steps.values[i + 1]) continue;
    curve.scores.push_back(steps.scores[i]);
    curve.values.push_back(steps.values[i]);
  }
  return curve;
}

Calibrator Calibrator::fit(Calibration kind, ThresholdMetric metric, const data::Probabilities& predicted,
                           std::span<const int> targets, const data::TrainingFold& fold) {
  const std::vector<int> classes = targets_of_validation(predicted, targets, fold.validation_rows());
  if (metric != ThresholdMetric::kNone && predicted.n_classes != 2) {
    throw std::invalid_argument("a threshold for " + std::string(to_string(metric)) + " needs two classes; there are " +
                                std::to_string(predicted.n_classes));
  }
  Calibrator calibrator;
  calibrator.kind_ = kind;
  calibrator.metric_ = metric;
  for (int c = predicted.n_classes == 2 ? 1 : 0; kind != Calibration::kNone && c < predicted.n_classes; ++c) {
    std::vector<bool> positive;
    for (const int target : classes) positive.push_back(target == c);
    const std::vector<double> scores = column_of(predicted, c);
    calibrator.curves_.push_back(kind == Calibration::kPlatt ? fit_platt(scores, positive)
                                                             : fit_isotonic(scores, positive));
  }
  if (metric != ThresholdMetric::kNone) {
    calibrator.threshold_ = best_threshold(metric, calibrator.apply(predicted), classes);
  }
  return calibrator;
}

double Calibrator::calibrated(const Curve& curve, double score) const {
  if (kind_ == Calibration::kPlatt) return falling_logistic(curve.slope * score + curve.offset);
  if (!(score > curve.scores.front())) return curve.values.front();
  if (score >= curve.scores.back()) return curve.values.back();
  const auto above = std::lower_bound(curve.scores.begin(), curve.scores.end(), score);
  const auto i = static_cast<std::size_t>(above - curve.scores.begin());
  const double share = (score - curve.scores[i - 1]) / (curve.scores[i] - curve.scores[i - 1]);
  return curve.values[i - 1] + share * (curve.values[i] - curve.values[i - 1]);
}

data::Probabilities Calibrator::apply(const data::Probabilities& predicted) const {
  data::Probabilities result = predicted;
  if (metric_ != ThresholdMetric::kNone) result.threshold = threshold_;
  const auto n = static_cast<std::size_t>(predicted.n_classes);
  if (metric_ != ThresholdMetric::kNone && n != 2) throw std::invalid_argument("a threshold needs two classes");
  if (kind_ == Calibration::kNone) return result;
  if (curves_.size() != (n == 2 ? 1 : n)) {
    throw std::invalid_argument("the calibration was fitted for another number of classes than " + std::to_string(n));
  }
  for (std::size_t row = 0; row < predicted.n_rows; ++row) {
    const std::span<double> p(result.values.data() + row * n, n);
    if (n == 2) {
      p[1] = calibrated(curves_[0], p[1]);
      p[0] = 1.0 - p[1];
      continue;
    }
    for (std::size_t c = 0; c < n; ++c) p[c] = calibrated(curves_[c], p[c]);
    const double sum = std::accumulate(p.begin(), p.end(), 0.0);
    for (double& value : p) value = sum > 0.0 ? value / sum : 1.0 / static_cast<double>(n);
  }
  return result;
}

std::string Calibrator::to_json() const {
  nlohmann::ordered_json j{{"kind", to_string(kind_)},
                           {"metric", to_string(metric_)},
                           {"threshold", threshold_},
                           {"curves", nlohmann::ordered_json::array()}};
  for (const Curve& curve : curves_) {
    j["curves"].push_back(kind_ == Calibration::kPlatt
                              ? nlohmann::ordered_json{{"slope", curve.slope}, {"offset", curve.offset}}
                              : nlohmann::ordered_json{{"scores", curve.scores}, {"values", curve.values}});
  }
  return j.dump(2) + "\n";
}

Calibrator Calibrator::from_json(const std::string& text) try {
  const auto j = dsp::parse_json<nlohmann::json>(text);
  Calibrator calibrator;
  calibrator.kind_ = dsp::from_string<Calibration>("calibration", j.at("kind").get<std::string>());
  calibrator.metric_ = dsp::from_string<ThresholdMetric>("threshold metric", j.at("metric").get<std::string>());
  calibrator.threshold_ = j.at("threshold");
  for (const auto& curve : j.at("curves")) {
    if (calibrator.kind_ == Calibration::kPlatt) {
      calibrator.curves_.push_back({curve.at("slope"), curve.at("offset"), {}, {}});
      continue;
    }
    Curve read{0.0, 0.0, curve.at("scores"), curve.at("values")};
    if (read.scores.empty() || read.scores.size() != read.values.size() ||
        std::adjacent_find(read.scores.begin(), read.scores.end(), std::greater_equal<>()) != read.scores.end()) {
      throw std::invalid_argument("scores must be in increasing order, with one value each");
    }
    calibrator.curves_.push_back(std::move(read));
  }
  if ((calibrator.kind_ == Calibration::kNone) != calibrator.curves_.empty()) {
    throw std::invalid_argument("a calibration needs its curves");
  }
  return calibrator;
} catch (const nlohmann::json::exception& e) {
  throw std::runtime_error(std::string("not a calibration: ") + e.what());
} catch (const std::invalid_argument& e) {
  throw std::runtime_error(std::string("not a calibration: ") + e.what());
}

}  // namespace hitscope::models::evaluation
