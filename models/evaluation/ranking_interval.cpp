// The interval of a ROC AUC: rows are sorted once, rounds only weigh them anew.
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

}  // namespace

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
