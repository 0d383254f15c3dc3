#include "models/evaluation/scores.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

namespace hitscope::models::evaluation {
namespace {

template <auto kMember>
double of_classes(const LeaderboardRow& row) {
  return std::get<ClassResult>(row.result).scores.*kMember;
}
template <auto kMember>
Interval classes_95(const LeaderboardRow& row) {
  return std::get<ClassResult>(row.result).uncertainty.*kMember;
}
template <auto kMember>
Interval probabilities_95(const LeaderboardRow& row) {
  return std::get<ClassResult>(row.result).of_probabilities.*kMember;
}
template <auto kMember>
double of_values(const LeaderboardRow& row) {
  return std::get<ValueResult>(row.result).scores.*kMember;
}
template <auto kMember>
Interval values_95(const LeaderboardRow& row) {
  return std::get<ValueResult>(row.result).uncertainty.*kMember;
}
template <auto kMember>
double of_order(const LeaderboardRow& row) {
  return row.ranking.*kMember;
}

using enum ShortestList;
using Class = Scores;
using ClassInterval = Uncertainty;
using Value = RegressionScores;
using ValueInterval = RegressionUncertainty;
using Order = OrderScores;

constexpr std::array kClassScores{
    ScoreInfo{.key = "accuracy",
              .title = "accuracy",
              .meaning = "share of the rows whose class is right",
              .shortest = kSplits,
              .value = of_classes<&Class::accuracy>,
              .interval = classes_95<&ClassInterval::accuracy>},
    ScoreInfo{.key = "balanced_accuracy",
              .title = "balanced",
              .name = "balanced accuracy",
              .meaning = "mean over classes of the share of their rows that are right; chance is 1 / number of classes",
              .shortest = kLeaderboard,
              .value = of_classes<&Class::balanced_accuracy>,
              .interval = classes_95<&ClassInterval::balanced_accuracy>},
    ScoreInfo{.key = "macro_f1",
              .title = "macro-F1",
              .meaning = "mean over classes of F1, the harmonic mean of precision and recall; a rare class counts as "
                         "much as a common one",
              .is_main = true,
              .shortest = kSplits,
              .value = of_classes<&Class::macro_f1>,
              .interval = classes_95<&ClassInterval::macro_f1>},
    ScoreInfo{.key = "weighted_f1",
              .title = "weighted-F1",
              .meaning = "mean of F1 over classes, each weighted by its number of rows",
              .value = of_classes<&Class::weighted_f1>},
    ScoreInfo{.key = "roc_auc",
              .title = "ROC-AUC",
              .name = "ROC AUC",
              .meaning = "probability that a row of a class gets a higher score for it than a row of another, mean "
                         "over classes; chance is 0.5",
              .shortest = kFolds,
              .value = of_classes<&Class::roc_auc>,
              .interval = probabilities_95<&ProbabilityUncertainty::roc_auc>},
    ScoreInfo{.key = "average_precision",
              .title = "AP",
              .name = "average precision",
              .meaning = "mean precision over the recalls of each class; chance is the share of the class",
              .shortest = kLeaderboard,
              .value = of_classes<&Class::average_precision>},
    ScoreInfo{.key = "log_loss",
              .title = "log-loss",
              .name = "log loss",
              .meaning = "mean of -log(probability given to the true class); certainty about a wrong class costs most",
              .higher_is_better = false,
              .shortest = kFolds,
              .value = of_classes<&Class::log_loss>,
              .interval = probabilities_95<&ProbabilityUncertainty::log_loss>},
    ScoreInfo{.key = "brier",
              .title = "Brier",
              .name = "Brier score",
              .meaning = "mean squared distance of the probabilities from the truth",
              .higher_is_better = false,
              .value = of_classes<&Class::brier>,
              .interval = probabilities_95<&ProbabilityUncertainty::brier>},
    ScoreInfo{.key = "mcc",
              .title = "MCC",
              .meaning = "Matthews correlation coefficient of true and predicted classes: 1 is perfect, 0 is chance",
              .shortest = kLeaderboard,
              .value = of_classes<&Class::mcc>},
    ScoreInfo{.key = "kappa",
              .title = "kappa",
              .meaning = "Cohen's kappa: agreement beyond chance; 1 is perfect, 0 is chance",
              .value = of_classes<&Class::kappa>},
    ScoreInfo{.key = "quadratic_kappa",
              .title = "kappa²",
              .meaning = "kappa in which a miss by two classes counts four times as much as a miss by one",
              .needs_order = true,
              .shortest = kLeaderboard,
              .value = of_classes<&Class::quadratic_kappa>},
    ScoreInfo{.key = "spearman",
              .title = "Spearman",
              .meaning = "rank correlation of prediction and target: 1 is the same order, 0 is chance",
              .needs_order = true,
              .shortest = kLeaderboard,
              .value = of_classes<&Class::spearman>},
    ScoreInfo{.key = "kendall",
              .title = "Kendall",
              .meaning = "share of the pairs of rows in the right order minus those in the wrong one (tau-b)",
              .needs_order = true,
              .value = of_classes<&Class::kendall>},
};

constexpr std::array kValueScores{
    ScoreInfo{.key = "r2",
              .title = "R²",
              .meaning = "share of the variance that is explained: 1 is perfect, 0 is always answering the mean",
              .is_main = true,
              .shortest = kSplits,
              .value = of_values<&Value::r2>,
              .interval = values_95<&ValueInterval::r2>},
    ScoreInfo{.key = "mae",
              .title = "MAE",
              .meaning = "mean absolute error, in units of the target",
              .higher_is_better = false,
              .shortest = kSplits,
              .value = of_values<&Value::mae>,
              .interval = values_95<&ValueInterval::mae>},
    ScoreInfo{.key = "rmse",
              .title = "RMSE",
              .meaning = "square root of the mean squared error, in units of the target",
              .higher_is_better = false,
              .shortest = kLeaderboard,
              .value = of_values<&Value::rmse>,
              .interval = values_95<&ValueInterval::rmse>},
    ScoreInfo{.key = "median_absolute_error",
              .title = "median error",
              .meaning = "half of the rows are predicted nearer than this, in units of the target",
              .higher_is_better = false,
              .shortest = kLeaderboard,
              .value = of_values<&Value::median_absolute_error>},
    ScoreInfo{.key = "spearman",
              .title = "Spearman",
              .meaning = "rank correlation of prediction and target: 1 is the same order, 0 is chance",
              .shortest = kFolds,
              .value = of_values<&Value::spearman>,
              .interval = values_95<&ValueInterval::spearman>},
    ScoreInfo{.key = "kendall",
              .title = "Kendall",
              .meaning = "share of the pairs of rows in the right order minus those in the wrong one (tau-b)",
              .shortest = kLeaderboard,
              .value = of_values<&Value::kendall>},
};

constexpr std::array kOrderScores{
    ScoreInfo{.key = "spearman",
              .title = "Spearman",
              .meaning = "rank correlation of prediction and target: 1 is the same order, 0 is chance",
              .value = of_order<&Order::spearman>},
    ScoreInfo{.key = "kendall",
              .title = "Kendall",
              .meaning = "share of the pairs of rows in the right order minus those in the wrong one (tau-b)",
              .value = of_order<&Order::kendall>},
    ScoreInfo{.key = "ndcg_at_10",
              .title = "nDCG@10",
              .meaning = "how near the ten rows ranked first come to the best ten there are: 1 is the best order",
              .value = of_order<&Order::ndcg_10>},
    ScoreInfo{.key = "ndcg_at_100",
              .title = "nDCG@100",
              .meaning = "the same of the first hundred",
              .value = of_order<&Order::ndcg_100>},
    ScoreInfo{.key = "recall_top_decile",
              .title = "recall of the top tenth",
              .meaning = "share of the most popular tenth that is ranked in the first tenth; chance is 0.1",
              .value = of_order<&Order::recall_top_decile>},
};

}  // namespace

const ScoreInfo& Measures::main() const {
  return *std::find_if(scores.begin(), scores.end(), [](const ScoreInfo& score) { return score.is_main; });
}

const ScoreInfo& Measures::score(std::string_view key) const {
  const auto found =
      std::find_if(scores.begin(), scores.end(), [&](const ScoreInfo& score) { return score.key == key; });
  if (found == scores.end()) throw std::logic_error("there is no score " + std::string(key));
  return *found;
}

const Measures& class_measures() {
  static constexpr Measures measures{kClassScores, "beats majority", "lead in accuracy", "beats_majority",
                                     "accuracy_over_majority_95"};
  return measures;
}

const Measures& value_measures() {
  static constexpr Measures measures{kValueScores, "beats constants", "lead in MAE", "beats_constants",
                                     "mae_below_median_95"};
  return measures;
}

const Measures& measures_of(const Result& result) {
  return std::holds_alternative<ValueResult>(result) ? value_measures() : class_measures();
}

const Measures& measures_of(const Leaderboard& board) {
  return board.rows.empty() ? class_measures() : measures_of(board.rows.front().result);
}

std::span<const ScoreInfo> order_scores() {
  return kOrderScores;
}

Interval advantage(const LeaderboardRow& row) {
  const auto* classes = std::get_if<ClassResult>(&row.result);
  return classes != nullptr ? classes->uncertainty.advantage : std::get<ValueResult>(row.result).uncertainty.mae_gain;
}

}  // namespace hitscope::models::evaluation
