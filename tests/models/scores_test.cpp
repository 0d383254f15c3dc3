// The lists of scores: nothing that is measured is left out, and no name stands twice.
#include "models/evaluation/scores.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <set>
#include <string>
#include <vector>

namespace hitscope::models::evaluation {
namespace scores_test {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// Sets the `size` bytes at `scores`, all of them doubles, to 1, 2, 3, …
std::set<double> numbered(void* scores, std::size_t size) {
  std::set<double> numbers;
  for (std::size_t i = 0; i < size / sizeof(double); ++i) {
    const double number = static_cast<double>(i) + 1.0;
    std::memcpy(static_cast<char*>(scores) + i * sizeof(double), &number, sizeof number);
    numbers.insert(number);
  }
  return numbers;
}

std::set<double> listed(std::span<const ScoreInfo> scores, const LeaderboardRow& row) {
  std::set<double> values;
  for (const ScoreInfo& score : scores) values.insert(score.value(row));
  return values;
}

TEST(ScoresTest, ListEveryMemberOfTheirStruct) {
  LeaderboardRow row;
  const auto of_order = numbered(&row.ranking, sizeof row.ranking);
  EXPECT_EQ(of_order, listed(order_scores(), row));
  // The doubles come first, then the vectors.
  const std::size_t n_bytes = sizeof(Scores) - sizeof(Scores::classes) - sizeof(Scores::confusion);
  const auto of_classes = numbered(&std::get<ClassResult>(row.result).scores, n_bytes);
  EXPECT_EQ(of_classes, listed(class_measures().scores, row));
  row.result = ValueResult{};
  const auto of_values = numbered(&std::get<ValueResult>(row.result).scores, sizeof(RegressionScores));
  EXPECT_EQ(of_values, listed(value_measures().scores, row));
}

TEST(ScoresTest, HaveDistinctKeysAndTitles) {
  for (const auto scores : {class_measures().scores, value_measures().scores, order_scores()}) {
    std::set<std::string> names;
    for (const ScoreInfo& score : scores) {
      EXPECT_TRUE(names.insert(std::string(score.key)).second) << score.key;
      EXPECT_TRUE(names.insert("title " + std::string(score.title)).second) << score.title;
      if (score.interval != nullptr) {
        EXPECT_TRUE(names.insert(std::string(score.key) + "_95").second) << score.key;
      }
    }
  }
}

TEST(ScoresTest, HaveOneMainScoreAndIntervalsWhereTablesNeedThem) {
  for (const Measures* measures : {&class_measures(), &value_measures()}) {
    const auto scores = measures->scores;
    EXPECT_EQ(std::count_if(scores.begin(), scores.end(), [](const ScoreInfo& s) { return s.is_main; }), 1);
    for (const ScoreInfo& score : scores) {
      if (score.is_main || score.shortest == ShortestList::kSplits) {
        EXPECT_NE(score.interval, nullptr) << score.key;
      }
    }
  }
  EXPECT_EQ(class_measures().main().key, "macro_f1");
  EXPECT_EQ(value_measures().main().key, "r2");
}

LeaderboardRow of_classes(const std::string& name, bool is_baseline, double macro_f1) {
  ClassResult result;
  result.scores.macro_f1 = macro_f1;
  return {.name = name, .is_baseline = is_baseline, .result = result};
}

LeaderboardRow of_values(const std::string& name, bool is_baseline, double r2) {
  ValueResult result;
  result.scores.r2 = r2;
  return {.name = name, .is_baseline = is_baseline, .result = result};
}

std::vector<std::string> sorted_names(Leaderboard board) {
  sort_leaderboard(board);
  std::vector<std::string> names;
  for (const LeaderboardRow& row : board.rows) names.push_back(row.name);
  return names;
}

TEST(LeaderboardTest, SortsBaselinesAsTheyComeThenHeadsByTheMainScoreWithTheUndefinedLast) {
  Leaderboard board;
  board.rows = {of_classes("undefined", false, kNan), of_classes("low", false, 0.2),
                of_classes("prior", true, 0.1),       of_classes("high", false, 0.7),
                of_classes("majority", true, 0.9),    of_classes("high too", false, 0.7)};
  EXPECT_EQ(sorted_names(board),
            (std::vector<std::string>{"prior", "majority", "high", "high too", "low", "undefined"}));
  board.rows = {of_values("undefined", false, kNan), of_values("low", false, -0.2), of_values("median", true, 0.1),
                of_values("high", false, 0.3), of_values("mean", true, 0.9)};
  EXPECT_EQ(sorted_names(board), (std::vector<std::string>{"median", "mean", "high", "low", "undefined"}));
}

}  // namespace scores_test
}  // namespace hitscope::models::evaluation
