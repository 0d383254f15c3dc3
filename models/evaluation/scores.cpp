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
              .shortest = kSplits,
              .value = of_classes<&Class::accuracy>,
              .interval = classes_95<&ClassInterval::accuracy>},
    ScoreInfo{.key = "balanced_accuracy",
              .title = "balanced",
              .name = "balanced accuracy",
              .shortest = kLeaderboard,
              .value = of_classes<&Class::balanced_accuracy>,
              .interval = classes_95<&ClassInterval::balanced_accuracy>},
    ScoreInfo{.key = "macro_f1",
              .title = "macro-F1",
              .is_main = true,
              .shortest = kSplits,
              .value = of_classes<&Class::macro_f1>,
              .interval = classes_95<&ClassInterval::macro_f1>},
    ScoreInfo{.key = "weighted_f1", .title = "weighted-F1", .value = of_classes<&Class::weighted_f1>},
    ScoreInfo{.key = "roc_auc",
              .title = "ROC-AUC",
              .name = "ROC AUC",
              .shortest = kFolds,
              .value = of_classes<&Class::roc_auc>},
    ScoreInfo{.key = "average_precision",
              .title = "AP",
              .name = "average precision",
              .shortest = kLeaderboard,
              .value = of_classes<&Class::average_precision>},
    ScoreInfo{.key = "log_loss",
              .title = "log-loss",
              .name = "log loss",
              .higher_is_better = false,
              .shortest = kFolds,
              .value = of_classes<&Class::log_loss>},
    ScoreInfo{.key = "brier",
              .title = "Brier",
              .name = "Brier score",
              .higher_is_better = false,
              .value = of_classes<&Class::brier>},
    ScoreInfo{.key = "mcc", .title = "MCC", .shortest = kLeaderboard, .value = of_classes<&Class::mcc>},
    ScoreInfo{.key = "kappa", .title = "kappa", .value = of_classes<&Class::kappa>},
    ScoreInfo{.key = "quadratic_kappa",
              .title = "kappa²",
              .needs_order = true,
              .shortest = kLeaderboard,
              .value = of_classes<&Class::quadratic_kappa>},
    ScoreInfo{.key = "spearman",
              .title = "Spearman",
              .needs_order = true,
              .shortest = kLeaderboard,
              .value = of_classes<&Class::spearman>},
    ScoreInfo{.key = "kendall", .title = "Kendall", .needs_order = true, .value = of_classes<&Class::kendall>},
};

constexpr std::array kValueScores{
    ScoreInfo{.key = "r2",
              .title = "R²",
              .is_main = true,
              .shortest = kSplits,
              .value = of_values<&Value::r2>,
              .interval = values_95<&ValueInterval::r2>},
    ScoreInfo{.key = "mae",
              .title = "MAE",
              .higher_is_better = false,
              .shortest = kSplits,
              .value = of_values<&Value::mae>,
              .interval = values_95<&ValueInterval::mae>},
    ScoreInfo{.key = "rmse",
              .title = "RMSE",
              .higher_is_better = false,
              .shortest = kLeaderboard,
              .value = of_values<&Value::rmse>,
              .interval = values_95<&ValueInterval::rmse>},
    ScoreInfo{.key = "median_absolute_error",
              .title = "median error",
              .higher_is_better = false,
              .shortest = kLeaderboard,
              .value = of_values<&Value::median_absolute_error>},
    ScoreInfo{.key = "spearman",
              .title = "Spearman",
              .shortest = kFolds,
              .value = of_values<&Value::spearman>,
              .interval = values_95<&ValueInterval::spearman>},
    ScoreInfo{.key = "kendall", .title = "Kendall", .shortest = kLeaderboard, .value = of_values<&Value::kendall>},
};

constexpr std::array kOrderScores{
    ScoreInfo{.key = "spearman", .title = "Spearman", .value = of_order<&Order::spearman>},
    ScoreInfo{.key = "kendall", .title = "Kendall", .value = of_order<&Order::kendall>},
    ScoreInfo{.key = "ndcg_at_10", .title = "nDCG@10", .value = of_order<&Order::ndcg_10>},
    ScoreInfo{.key = "ndcg_at_100", .title = "nDCG@100", .value = of_order<&Order::ndcg_100>},
    ScoreInfo{
        .key = "recall_top_decile", .title = "recall of the top tenth", .value = of_order<&Order::recall_top_decile>},
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
  static constexpr Measures measures{kClassScores, "beats majority", "beats_majority", "accuracy_over_majority_95"};
  return measures;
}

const Measures& value_measures() {
  static constexpr Measures measures{kValueScores, "beats the mean", "beats_mean", "mae_below_mean_95"};
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
  return std::visit([](const auto& result) { return result.uncertainty.advantage; }, row.result);
}

bool beats_baseline(const LeaderboardRow& row) {
  return !row.is_baseline && advantage(row).low > 0.0;
}

}  // namespace hitscope::models::evaluation
