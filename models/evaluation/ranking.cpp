#include "models/evaluation/ranking.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace hitscope::models {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::vector<std::size_t> ascending(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return values[a] < values[b]; });
  return order;
}

/// Ranks from 1, equal values sharing their mean rank.
std::vector<double> ranks(const std::vector<double>& values) {
  const auto order = ascending(values);
  std::vector<double> result(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i;
    while (end < order.size() && values[order[end]] == values[order[i]]) ++end;
    const double rank = 0.5 * static_cast<double>(i + 1 + end);
    for (; i < end; ++i) result[order[i]] = rank;
  }
  return result;
}

}  // namespace

double roc_auc(const std::vector<bool>& positive, const std::vector<double>& scores) {
  const auto n_positive = static_cast<double>(std::count(positive.begin(), positive.end(), true));
  const double n_negative = static_cast<double>(positive.size()) - n_positive;
  if (n_positive == 0.0 || n_negative == 0.0) return kNan;
  const auto rank = ranks(scores);
  double sum = 0.0;
  for (std::size_t i = 0; i < positive.size(); ++i) sum += positive[i] ? rank[i] : 0.0;
  return (sum - n_positive * (n_positive + 1.0) / 2.0) / (n_positive * n_negative);
}

double average_precision(const std::vector<bool>& positive, const std::vector<double>& scores) {
  const auto n_positive = static_cast<double>(std::count(positive.begin(), positive.end(), true));
  if (n_positive == 0.0) return kNan;
  auto order = ascending(scores);
  std::reverse(order.begin(), order.end());
  double sum = 0.0;
  double n_found = 0.0;
  for (std::size_t i = 0; i < order.size();) {
    double n_step = 0.0;
    std::size_t end = i;
    for (; end < order.size() && scores[order[end]] == scores[order[i]]; ++end)
      n_step += positive[order[end]] ? 1.0 : 0.0;
    n_found += n_step;
    sum += n_step / n_positive * n_found / static_cast<double>(end);
    i = end;
  }
  return sum;
}

double spearman(const std::vector<double>& a, const std::vector<double>& b) {
  const auto ra = ranks(a);
  const auto rb = ranks(b);
  const double mean = 0.5 * static_cast<double>(a.size() + 1);
  double ab = 0.0;
  double aa = 0.0;
  double bb = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += (ra[i] - mean) * (rb[i] - mean);
    aa += (ra[i] - mean) * (ra[i] - mean);
    bb += (rb[i] - mean) * (rb[i] - mean);
  }
  return aa > 0.0 && bb > 0.0 ? ab / std::sqrt(aa * bb) : kNan;
}

}  // namespace hitscope::models
