#include "models/evaluation/judging.h"

#include <algorithm>
#include <limits>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "models/data/quantile.h"
#include "models/evaluation/ranking.h"
#include "models/evaluation/verdict.h"

namespace hitscope::models::evaluation {
namespace {

using data::Classes;
using data::of_rows;
using data::Part;
using data::Predictions;
using data::Probabilities;
using data::Values;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr OrderScores kNoOrder{kNan, kNan, kNan, kNan, kNan};

/// How well `scores` [n_test] order the test rows by the target as it was read.
OrderScores order_of(const Bench& bench, const std::vector<double>& scores) {
  if (!bench.raw_targets.is_numeric()) return kNoOrder;
  const std::vector<double> truth = of_rows(bench.raw_targets.numbers, bench.test);
  OrderScores order{spearman(truth, scores), kendall(truth, scores), kNan, kNan, kNan};
  order.recall_top_decile = recall_at_k(truth, scores, std::max<std::size_t>(1, truth.size() / 10));
  if (std::any_of(truth.begin(), truth.end(), [](double v) { return v < 0.0; })) return order;
  order.ndcg_10 = ndcg(truth, scores, 10);
  order.ndcg_100 = ndcg(truth, scores, 100);
  return order;
}

/// Expected class of every row of [n_test, n_classes].
std::vector<double> expected_classes(const Probabilities& predicted) {
  std::vector<double> expected(predicted.n_rows, 0.0);
  for (std::size_t i = 0; i < predicted.n_rows; ++i) {
    for (int c = 0; c < predicted.n_classes; ++c) expected[i] += c * predicted.at(i, c);
  }
  return expected;
}

/// Whether the group of a test row has training rows.
bool groups_recur(const Bench& bench) {
  std::unordered_set<std::string_view> training;
  for (const std::size_t row : bench.split.rows(Part::kTrain)) training.insert(bench.groups[row]);
  return std::any_of(bench.test.begin(), bench.test.end(), [&](std::size_t row) {
    return !bench.groups[row].empty() && training.contains(bench.groups[row]);
  });
}

double training_mean(const Bench& bench, const Values& targets) {
  const auto train = bench.split.rows(Part::kTrain);
  double sum = 0.0;
  for (const std::size_t row : train) sum += targets.values[row];
  return sum / static_cast<double>(train.size());
}

double training_median(const Bench& bench, const Values& targets) {
  return data::median_of(of_rows(targets.values, bench.split.rows(Part::kTrain)));
}

/// Mean of the row's group among the training rows; where the group has none there, of all.
std::vector<double> group_means(const Bench& bench, const Values& targets) {
  std::unordered_map<std::string_view, std::pair<double, double>> sums;
  for (const std::size_t row : bench.split.rows(Part::kTrain)) {
    if (bench.groups[row].empty()) continue;
    auto& [sum, n] = sums[bench.groups[row]];
    sum += targets.values[row];
    n += 1.0;
  }
  std::vector<double> means;
  const double of_all = training_mean(bench, targets);
  for (const std::size_t row : bench.test) {
    const auto found = sums.find(bench.groups[row]);
    means.push_back(found == sums.end() ? of_all : found->second.first / found->second.second);
  }
  return means;
}

/// What a baseline's name is and what it predicts of the test rows.
struct Baseline {
  const char* name;
  Predictions predicted;
};

/// The baselines that a targets' kind has.
struct BaselinesOf {
  const Bench& bench;

  std::vector<Baseline> operator()(const Classes& targets) const {
    const auto train = bench.split.rows(Part::kTrain);
    const std::vector<int> training = of_rows(targets.labels, train);
    const std::size_t n = bench.test.size();
    std::vector<Baseline> baselines{{"majority", majority_baseline(training, targets.n_classes, n)},
                                    {"prior", prior_baseline(training, targets.n_classes, n)}};
    if (groups_recur(bench)) {
      baselines.push_back({"group mean", group_mean_baseline(training, of_rows(bench.groups, train), targets.n_classes,
                                                             of_rows(bench.groups, bench.test))});
    }
    return baselines;
  }

  std::vector<Baseline> operator()(const Values& targets) const {
    const std::size_t n = bench.test.size();
    std::vector<Baseline> baselines{{"mean", Values{std::vector<double>(n, training_mean(bench, targets))}},
                                    {"median", Values{std::vector<double>(n, training_median(bench, targets))}}};
    if (groups_recur(bench)) baselines.push_back({"group mean", Values{group_means(bench, targets)}});
    return baselines;
  }
};

/// The groups of the test rows that bootstraps draw; none where there is only one, which every draw would be.
std::vector<std::string> drawn_groups(const Bench& bench) {
  std::vector<std::string> groups = of_rows(bench.groups, bench.test);
  if (count_groups(groups) == 1) groups.assign(groups.size(), "");
  return groups;
}

/// Fills the scores of a row.
struct Judge {
  const Bench& bench;
  const Predictions& predicted;
  LeaderboardRow& row;

  void operator()(const Classes& targets) const {
    const auto& probabilities = std::get<Probabilities>(predicted);
    const std::vector<int> truth = of_rows(targets.labels, bench.test);
    row.result = ClassResult{score_predictions(truth, probabilities, bench.is_ordered),
                             bootstrap(truth, probabilities.predicted_classes(), probabilities.n_classes,
                                       best_constant(bench), drawn_groups(bench), bench.seed),
                             bootstrap(truth, probabilities, drawn_groups(bench), bench.seed)};
    row.ranking = bench.is_ordered ? order_of(bench, expected_classes(probabilities)) : kNoOrder;
  }

  void operator()(const Values& targets) const {
    const std::vector<double>& values = std::get<Values>(predicted).values;
    const std::vector<double> truth = of_rows(targets.values, bench.test);
    row.result = ValueResult{
        score_values(truth, values),
        bootstrap(std::span<const double>(truth), values, data::median_of(truth), drawn_groups(bench), bench.seed)};
    row.ranking = order_of(bench, values);
  }
};

}  // namespace

int best_constant(const Bench& bench) {
  const auto& targets = std::get<Classes>(bench.targets);
  return majority_baseline(of_rows(targets.labels, bench.test), targets.n_classes, 1).predicted(0);
}

std::vector<LeaderboardRow> baseline_rows(const Bench& bench) {
  std::vector<LeaderboardRow> rows;
  for (const Baseline& baseline : std::visit(BaselinesOf{bench}, bench.targets)) {
    rows.push_back(judged(bench, baseline.name, baseline.predicted));
    rows.back().is_baseline = true;
  }
  return rows;
}

LeaderboardRow judged(const Bench& bench, const std::string& name, const Predictions& predicted) {
  LeaderboardRow row;
  row.name = name;
  row.n_rows = bench.test.size();
  row.n_groups = count_groups(of_rows(bench.groups, bench.test));
  std::visit(Judge{bench, predicted, row}, bench.targets);
  return row;
}

HeadPair compared(const Bench& bench, const std::string& a, const Predictions& of_a, const std::string& b,
                  const Predictions& of_b) {
  const std::vector<std::string> groups = drawn_groups(bench);
  if (const auto* values = std::get_if<Values>(&bench.targets)) {
    return {a, b,
            compare_values(of_rows(values->values, bench.test), std::get<Values>(of_a).values,
                           std::get<Values>(of_b).values, groups, bench.seed)};
  }
  const auto& classes_a = std::get<Probabilities>(of_a);
  return {a, b,
          compare(of_rows(std::get<Classes>(bench.targets).labels, bench.test), classes_a.predicted_classes(),
                  std::get<Probabilities>(of_b).predicted_classes(), classes_a.n_classes, groups, bench.seed)};
}

}  // namespace hitscope::models::evaluation
