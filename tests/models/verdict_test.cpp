#include "models/evaluation/verdict.h"

#include <gtest/gtest.h>

#include <limits>

namespace hitscope::models::evaluation {
namespace verdict_test {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// A row of `n` test rows, half of each class, with these intervals.
LeaderboardRow row_of(std::size_t n, const Interval& advantage, const Interval& over_chance, const Interval& auc) {
  ClassResult result;
  result.scores.classes.resize(2);
  for (ClassScore& c : result.scores.classes) c.support = n / 2;
  result.uncertainty.advantage = advantage;
  result.uncertainty.over_chance = over_chance;
  result.of_probabilities.roc_auc = auc;
  return {.name = "head", .result = result, .n_rows = n};
}

LeaderboardRow row_of(const Interval& r2, const Interval& mae_gain, const Interval& spearman) {
  ValueResult result;
  result.uncertainty.r2 = r2;
  result.uncertainty.mae_gain = mae_gain;
  result.uncertainty.spearman = spearman;
  return {.name = "head", .result = result, .n_rows = 24};
}

TEST(VerdictTest, SaysInWordsWhatTheIntervalsDecide) {
  const Interval chance{-0.02, 0.02};
  EXPECT_EQ(verdict_of(row_of(1000, {0.01, 0.2}, {0.1, 0.2}, {0.6, 0.7})).words, "yes");
  EXPECT_EQ(verdict_of(row_of(1000, {-0.1, 0.0}, {0.1, 0.2}, {0.4, 0.55})).words, "no, but tells classes apart");
  EXPECT_EQ(verdict_of(row_of(1000, {-0.1, 0.0}, chance, {0.55, 0.7})).words, "no, but tells classes apart") << "AUC";
  EXPECT_EQ(verdict_of(row_of(1000, {-0.1, 0.01}, chance, {0.47, 0.53})).words, "no");
  EXPECT_EQ(verdict_of(row_of(24, {-0.2, 0.2}, {-0.2, 0.2}, {0.3, 0.7})).words, "too few test rows to tell (24)");
  EXPECT_EQ(verdict_of(row_of(24, {-0.2, 0.0}, {-0.2, 0.2}, {0.3, 0.7})).words, "too few test rows to tell (24)");
  EXPECT_EQ(verdict_of(row_of(24, {-0.2, 0.0}, {-0.2, 0.2}, {kNan, kNan})).words, "too few test rows to tell (24)");
  EXPECT_EQ(verdict_of(row_of(24, {0.0, 0.0}, {0.0, 0.0}, {0.5, 0.5})).words, "no") << "the constant itself";
  LeaderboardRow sure = row_of(1000, {-0.1, 0.0}, chance, {0.47, 0.53});
  std::get<ClassResult>(sure.result).of_probabilities.log_loss_gain = {0.01, 0.02};
  EXPECT_EQ(verdict_of(sure).words, "no, but better probabilities");
  EXPECT_TRUE(is_above_chance(sure));
}

TEST(VerdictTest, ValuesAreHeldAgainstTheBestConstantOfEachMeasure) {
  EXPECT_EQ(verdict_of(row_of({0.1, 0.2}, {0.5, 1.0}, {0.2, 0.3})).words, "yes");
  EXPECT_EQ(verdict_of(row_of({0.1, 0.2}, {-0.5, 1.0}, {0.2, 0.3})).words, "in R² only");
  EXPECT_EQ(verdict_of(row_of({-0.1, 0.2}, {0.5, 1.0}, {0.2, 0.3})).words, "in MAE only");
  EXPECT_EQ(verdict_of(row_of({-0.1, 0.2}, {-0.5, 1.0}, {0.2, 0.3})).words, "no, but orders the rows");
  EXPECT_EQ(verdict_of(row_of({-0.1, 0.2}, {-0.5, 1.0}, {-0.2, 0.3})).words, "too few test rows to tell (24)");
  EXPECT_EQ(verdict_of(row_of({-0.1, 0.01}, {-0.5, 0.0}, {kNan, kNan})).words, "no") << "a constant";
  LeaderboardRow many = row_of({-0.1, 0.01}, {-0.5, 0.0}, {-0.2, 0.1});
  many.n_rows = 1000;
  EXPECT_EQ(verdict_of(many).words, "no");
  EXPECT_FALSE(beats_baseline(row_of({0.1, 0.2}, {-0.5, 1.0}, {0.2, 0.3})));
}

TEST(VerdictTest, ABaselineNeverBeatsTheBaseline) {
  LeaderboardRow row = row_of(100, {0.1, 0.2}, {0.1, 0.2}, {0.6, 0.7});
  EXPECT_TRUE(beats_baseline(row));
  row.is_baseline = true;
  EXPECT_FALSE(beats_baseline(row));
  EXPECT_FALSE(is_above_chance(row));
  EXPECT_EQ(verdict_of(row).words, "baseline");
}

TEST(VerdictTest, NamesTheBestHeadAndThoseAsGood) {
  Leaderboard board;
  EXPECT_EQ(best_in_words(board), "");
  for (const char* name : {"majority", "logistic", "forest", "mlp", "cnn"}) {
    board.rows.push_back(row_of(1000, {0.1, 0.2}, {0.1, 0.2}, {0.6, 0.7}));
    board.rows.back().name = name;
    std::get<ClassResult>(board.rows.back().result).scores.macro_f1 = 0.6125;
  }
  board.rows.front().is_baseline = true;
  PairedComparison within;
  within.macro_f1_interval = {-0.01, 0.03};
  PairedComparison better;
  better.macro_f1_interval = {0.01, 0.03};
  board.pairs = {{"logistic", "forest", within}, {"mlp", "logistic", within}, {"logistic", "cnn", better}};
  EXPECT_EQ(best_in_words(board), "Best: logistic (macro-F1 0.613). forest and mlp are as good within chance.");
  board.pairs = {{"logistic", "forest", better}};
  for (LeaderboardRow& row : board.rows) std::get<ClassResult>(row.result).uncertainty.advantage = {-0.1, 0.1};
  EXPECT_EQ(
      best_in_words(board),
      "Best: logistic (macro-F1 0.613). No head is shown to be better than always answering the commonest class.");
}

}  // namespace verdict_test
}  // namespace hitscope::models::evaluation
