// The intervals of what probabilities say: rows are sorted once, rounds only weigh them anew.
#include <algorithm>
#include <array>
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

/// Sums of a group's rows that the proper scores are made of, of the predictions and of the classes' shares.
struct Losses {
  double n = 0.0;
  double log_loss = 0.0;
  double brier = 0.0;
  double log_loss_of_shares = 0.0;
  double brier_of_shares = 0.0;

  void add(const Losses& other, double times) {
    n += times * other.n;
    log_loss += times * other.log_loss;
    brier += times * other.brier;
    log_loss_of_shares += times * other.log_loss_of_shares;
    brier_of_shares += times * other.brier_of_shares;
  }
};

/// Squared distance of probabilities from the truth, as Scores::brier of one row.
template <typename At>
double brier_of(int target, int n_classes, const At& at) {
  double sum = 0.0;
  for (int c = 0; c < n_classes; ++c) sum += (at(c) - (c == target ? 1.0 : 0.0)) * (at(c) - (c == target ? 1.0 : 0.0));
  return n_classes == 2 ? sum / 2.0 : sum;
}

std::vector<Losses> losses_by_group(std::span<const int> targets, const data::Probabilities& predicted,
                                    const Groups& groups) {
  constexpr double kLeast = 1e-15;  // as score_predictions clips
  std::vector<double> shares(static_cast<std::size_t>(predicted.n_classes), 0.0);
  for (const int target : targets)
    shares[static_cast<std::size_t>(target)] += 1.0 / static_cast<double>(targets.size());
  std::vector<Losses> losses(groups.n_groups);
  for (std::size_t row = 0; row < targets.size(); ++row) {
    const int target = targets[row];
    const double probability = std::clamp(predicted.at(row, target), kLeast, 1.0 - kLeast);
    const auto of_row = [&](int c) { return predicted.at(row, c); };
    const auto of_shares = [&](int c) { return shares[static_cast<std::size_t>(c)]; };
    losses[groups.of_row[row]].add({1.0, -std::log(probability), brier_of(target, predicted.n_classes, of_row),
                                    -std::log(of_shares(target)), brier_of(target, predicted.n_classes, of_shares)},
                                   1.0);
  }
  return losses;
}

}  // namespace

ProbabilityUncertainty bootstrap(std::span<const int> targets, const data::Probabilities& predicted,
                                 std::span<const std::string> groups, std::uint64_t seed) {
  require_rows(targets.size(), predicted.n_rows, groups.size());
  if (std::any_of(predicted.values.begin(), predicted.values.end(), [](double v) { return std::isnan(v); })) return {};
  const Groups numbered(groups);
  const std::vector<Losses> losses = losses_by_group(targets, predicted, numbered);
  const bool with_areas = predicted.n_classes <= ProbabilityUncertainty::kMostClasses;
  const AreasByClass areas_of(with_areas ? targets : std::span<const int>(), predicted, numbered);
  std::array<std::vector<double>, 5> drawn_scores;
  resample(numbered.n_groups, seed, [&](const std::vector<std::uint32_t>& drawn) {
    Losses all;
    for (std::size_t g = 0; g < drawn.size(); ++g) {
      if (drawn[g] > 0) all.add(losses[g], drawn[g]);
    }
    const std::array scores{areas_of.mean(drawn), all.log_loss / all.n, all.brier / all.n,
                            (all.log_loss_of_shares - all.log_loss) / all.n, (all.brier_of_shares - all.brier) / all.n};
    for (std::size_t i = 0; i < scores.size(); ++i) drawn_scores[i].push_back(scores[i]);
  });
  return {percentile_95(drawn_scores[0]), percentile_95(drawn_scores[1]), percentile_95(drawn_scores[2]),
          percentile_95(drawn_scores[3]), percentile_95(drawn_scores[4])};
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
