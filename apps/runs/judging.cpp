#include "apps/runs/judging.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <unordered_set>

#include "models/data/quantile.h"
#include "models/evaluation/ranking.h"

namespace hitscope::apps::runs {
namespace {

using models::data::Part;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

template <typename T>
std::vector<T> of_rows(const std::vector<T>& values, std::span<const std::size_t> rows) {
  std::vector<T> result;
  result.reserve(rows.size());
  for (const std::size_t row : rows) result.push_back(values[row]);
  return result;
}

std::vector<int> classes_of(const models::data::Probabilities& predicted) {
  std::vector<int> classes(predicted.n_rows);
  for (std::size_t i = 0; i < predicted.n_rows; ++i) classes[i] = predicted.predicted(i);
  return classes;
}

models::evaluation::OrderScores ranking_of(const Bench& bench, const std::vector<double>& scores) {
  const models::data::RawTargets& raw = bench.data.raw_targets;
  if (!raw.is_numeric()) return {kNan, kNan, kNan, kNan, kNan};
  const std::vector<double> truth = of_rows(raw.numbers, bench.test);
  models::evaluation::OrderScores ranking{models::evaluation::spearman(truth, scores),
                                          models::evaluation::kendall(truth, scores), kNan, kNan, kNan};
  ranking.recall_top_decile =
      models::evaluation::recall_at_k(truth, scores, std::max<std::size_t>(1, truth.size() / 10));
  if (std::any_of(truth.begin(), truth.end(), [](double v) { return v < 0.0; })) return ranking;
  ranking.ndcg_10 = models::evaluation::ndcg(truth, scores, 10);
  ranking.ndcg_100 = models::evaluation::ndcg(truth, scores, 100);
  return ranking;
}

/// Test rows whose group trains too.
bool groups_recur(const Bench& bench) {
  if (bench.data.group_column.empty()) return false;
  std::unordered_set<std::string_view> training;
  const auto train = bench.split.rows(Part::kTrain);
  for (const std::size_t row : train) training.insert(bench.data.groups[row]);
  return std::any_of(bench.test.begin(), bench.test.end(), [&](std::size_t row) {
    return !bench.data.groups[row].empty() && training.contains(bench.data.groups[row]);
  });
}

double training_mean(const Bench& bench) {
  const auto train = bench.split.rows(Part::kTrain);
  double sum = 0.0;
  for (const std::size_t row : train) sum += bench.dataset.values[row];
  return sum / static_cast<double>(train.size());
}

double training_median(const Bench& bench) {
  std::vector<double> values = of_rows(bench.dataset.values, bench.split.rows(Part::kTrain));
  std::sort(values.begin(), values.end());
  return models::data::median(values);
}

/// Mean of the row's group among the training rows; where the group has none there, of all.
std::vector<double> group_means(const Bench& bench) {
  std::unordered_map<std::string_view, std::pair<double, double>> sums;
  for (const std::size_t row : bench.split.rows(Part::kTrain)) {
    if (bench.data.groups[row].empty()) continue;
    auto& [sum, n] = sums[bench.data.groups[row]];
    sum += bench.dataset.values[row];
    n += 1.0;
  }
  std::vector<double> means;
  const double of_all = training_mean(bench);
  for (const std::size_t row : bench.test) {
    const auto found = sums.find(bench.data.groups[row]);
    means.push_back(found == sums.end() ? of_all : found->second.first / found->second.second);
  }
  return means;
}

std::vector<models::evaluation::LeaderboardRow> value_baselines(const Bench& bench) {
  std::vector<models::evaluation::LeaderboardRow> rows;
  rows.push_back(judged(bench, "mean", std::vector<double>(bench.test.size(), training_mean(bench))));
  rows.push_back(judged(bench, "median", std::vector<double>(bench.test.size(), training_median(bench))));
  if (groups_recur(bench)) rows.push_back(judged(bench, "group mean", group_means(bench)));
  return rows;
}

}  // namespace

int best_constant(const Bench& bench) {
  return models::evaluation::majority_baseline(of_rows(bench.dataset.targets, bench.test), bench.dataset.n_classes, 1)
      .predicted(0);
}

std::vector<models::evaluation::LeaderboardRow> baseline_rows(const Bench& bench) {
  std::vector<models::evaluation::LeaderboardRow> rows;
  if (bench.labels.is_regression()) {
    rows = value_baselines(bench);
  } else {
    const auto train = bench.split.rows(Part::kTrain);
    const std::vector<int> training = of_rows(bench.dataset.targets, train);
    const int n_classes = bench.dataset.n_classes;
    const std::size_t n = bench.test.size();
    rows.push_back(judged(bench, "majority", models::evaluation::majority_baseline(training, n_classes, n)));
    rows.push_back(judged(bench, "prior", models::evaluation::prior_baseline(training, n_classes, n)));
    if (groups_recur(bench)) {
      const auto groups = of_rows(bench.data.groups, train);
      rows.push_back(judged(bench, "group mean",
                            models::evaluation::group_mean_baseline(training, groups, n_classes,
                                                                    of_rows(bench.data.groups, bench.test))));
    }
  }
  for (models::evaluation::LeaderboardRow& row : rows) row.is_baseline = true;
  return rows;
}

models::evaluation::LeaderboardRow judged(const Bench& bench, const std::string& name,
                                          const models::data::Probabilities& predicted) {
  models::evaluation::LeaderboardRow row;
  row.name = name;
  const std::vector<int> targets = of_rows(bench.dataset.targets, bench.test);
  row.scores = models::evaluation::score_predictions(targets, predicted, bench.labels.is_ordered());
  row.uncertainty =
      models::evaluation::bootstrap(targets, classes_of(predicted), predicted.n_classes, best_constant(bench),
                                    of_rows(bench.data.groups, bench.test), bench.seed);
  std::vector<double> expected(predicted.n_rows, 0.0);
  for (std::size_t i = 0; i < predicted.n_rows; ++i) {
    for (int c = 0; c < predicted.n_classes; ++c) expected[i] += c * predicted.at(i, c);
  }
  row.ranking = bench.labels.is_ordered() ? ranking_of(bench, expected)
                                          : models::evaluation::OrderScores{kNan, kNan, kNan, kNan, kNan};
  return row;
}

models::evaluation::LeaderboardRow judged(const Bench& bench, const std::string& name,
                                          const std::vector<double>& values) {
  models::evaluation::LeaderboardRow row;
  row.name = name;
  const std::vector<double> targets = of_rows(bench.dataset.values, bench.test);
  row.values = models::evaluation::score_values(targets, values);
  row.values_uncertainty = models::evaluation::bootstrap(std::span<const double>(targets), values, training_mean(bench),
                                                         of_rows(bench.data.groups, bench.test), bench.seed);
  row.ranking = ranking_of(bench, values);
  return row;
}

models::evaluation::HeadPair compared(const Bench& bench, const std::string& a, const models::data::Probabilities& of_a,
                                      const std::string& b, const models::data::Probabilities& of_b) {
  const std::vector<int> targets = of_rows(bench.dataset.targets, bench.test);
  return {a, b,
          models::evaluation::compare(targets, classes_of(of_a), classes_of(of_b), of_a.n_classes,
                                      of_rows(bench.data.groups, bench.test), bench.seed)};
}

}  // namespace hitscope::apps::runs
