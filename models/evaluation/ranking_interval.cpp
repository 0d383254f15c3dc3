// The intervals of what probabilities say: rows are sorted once, rounds only weigh them anew.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "models/evaluation/comparison.h"
#include "models/evaluation/group_bootstrap.h"

namespace hitscope::models::evaluation {
namespace {

/// A row in the order of falling scores.
struct Ranked {
  std::uint32_t group;
  bool positive;
  bool ends_tie;  ///< the next row's score is lower
};

std::vector<Ranked> ranked(const std::vector<bool>& positive, std::span<const double> scores, const Groups& groups) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return scores[a] > scores[b]; });
  std::vector<Ranked> rows;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const bool ends_tie = i + 1 == order.size() || scores[order[i + 1]] < scores[order[i]];
    rows.push_back({groups.of_row[order[i]], positive[order[i]], ends_tie});
  }
  return rows;
}

double weighted_auc(const std::vector<Ranked>& rows, const std::vector<std::uint32_t>& drawn) {
  double area = 0.0;
  double positives = 0.0;
  double negatives = 0.0;
  double positives_before = 0.0;
  double negatives_before = 0.0;
  for (const Ranked& row : rows) {
    (row.positive ? positives : negatives) += drawn[row.group];
    if (!row.ends_tie) continue;
    area += (negatives - negatives_before) * (positives + positives_before) / 2.0;
    positives_before = positives;
    negatives_before = negatives;
  }
  if (positives == 0.0 || negatives == 0.0) return std::numeric_limits<double>::quiet_NaN();
  return area / (positives * negatives);
}

/// The ROC AUC of each class against the others; of two classes, of the second.
class AreasByClass {
 public:
  AreasByClass(std::span<const int> targets, const data::Probabilities& predicted, const Groups& groups) {
    for (int c = predicted.n_classes == 2 ? 1 : 0; c < predicted.n_classes; ++c) {
      std::vector<bool> positive;
      std::vector<double> scores;
      for (std::size_t row = 0; row < targets.size(); ++row) {
        positive.push_back(targets[row] == c);
        scores.push_back(predicted.at(row, c));
      }
      if (std::find(positive.begin(), positive.end(), true) != positive.end())
        classes_.push_back(ranked(positive, scores, groups));
    }
  }

  /// The mean over the classes that have rows in the round.
  double mean(const std::vector<std::uint32_t>& drawn) const {
    double sum = 0.0;
    double n = 0.0;
    for (const std::vector<Ranked>& rows : classes_) {
      const double area = weighted_auc(rows, drawn);
      if (std::isnan(area)) continue;
      sum += area;
      n += 1.0;
    }
    return sum / n;
  }

 private:
  std::vector<std::vector<Ranked>> classes_;
};

/// By group: log loss of the classes' shares minus that of the predictions, summed over its rows.
std::vector<double> log_loss_gains(std::span<const int> targets, const data::Probabilities& predicted,
                                   const Groups& groups) {
  constexpr double kLeast = 1e-15;  // as score_predictions clips
  std::vector<double> shares(static_cast<std::size_t>(predicted.n_classes), 0.0);
  for (const int target : targets)
    shares[static_cast<std::size_t>(target)] += 1.0 / static_cast<double>(targets.size());
  std::vector<double> gains(groups.n_groups, 0.0);
  for (std::size_t row = 0; row < targets.size(); ++row) {
    const double probability = std::clamp(predicted.at(row, targets[row]), kLeast, 1.0 - kLeast);
    gains[groups.of_row[row]] += std::log(probability) - std::log(shares[static_cast<std::size_t>(targets[row])]);
  }
  return gains;
}

}  // namespace

ProbabilityUncertainty bootstrap(std::span<const int> targets, const data::Probabilities& predicted,
                                 std::span<const std::string> groups, std::uint64_t seed) {
  require_rows(targets.size(), predicted.n_rows, groups.size());
  if (std::any_of(predicted.values.begin(), predicted.values.end(), [](double v) { return std::isnan(v); })) return {};
  const Groups numbered(groups);
  const std::vector<double> gains = log_loss_gains(targets, predicted, numbered);
  std::vector<double> rows_of_group(numbered.n_groups, 0.0);
  for (const std::uint32_t group : numbered.of_row) rows_of_group[group] += 1.0;
  const bool with_areas = predicted.n_classes <= ProbabilityUncertainty::kMostClasses;
  const AreasByClass areas_of(with_areas ? targets : std::span<const int>(), predicted, numbered);
  std::vector<double> areas;
  std::vector<double> gain;
  resample(numbered.n_groups, seed, [&](const std::vector<std::uint32_t>& drawn) {
    double sum = 0.0;
    double n = 0.0;
    for (std::size_t g = 0; g < drawn.size(); ++g) {
      sum += drawn[g] * gains[g];
      n += drawn[g] * rows_of_group[g];
    }
    gain.push_back(sum / n);
    areas.push_back(areas_of.mean(drawn));
  });
  return {percentile_95(areas), percentile_95(gain)};
}

Interval roc_auc_interval(const std::vector<bool>& positive, std::span<const double> scores,
                          std::span<const std::string> groups, std::uint64_t seed) {
  if (positive.empty() || positive.size() != scores.size() || positive.size() != groups.size()) {
    throw std::invalid_argument("roc_auc_interval: " + std::to_string(positive.size()) + " targets, " +
                                std::to_string(scores.size()) + " scores and " + std::to_string(groups.size()) +
                                " groups must be as many, and some");
  }
  if (std::any_of(scores.begin(), scores.end(), [](double v) { return std::isnan(v); })) {
    throw std::invalid_argument("roc_auc_interval: a score is NaN");
  }
  const Groups numbered(groups);
  const auto rows = ranked(positive, scores, numbered);
  std::vector<double> areas;
  resample(numbered.n_groups, seed, [&](const auto& drawn) { areas.push_back(weighted_auc(rows, drawn)); });
  return percentile_95(areas);
}

}  // namespace hitscope::models::evaluation
