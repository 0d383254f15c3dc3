// Predictors that know the training targets only.
#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "models/evaluation/confusion_margins.h"
#include "models/evaluation/metrics.h"

namespace hitscope::models::evaluation {
namespace {

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

}  // namespace

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
