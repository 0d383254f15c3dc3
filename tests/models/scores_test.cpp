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
namespace {

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
  // The doubles come first, then the vectors.
  const std::size_t n_bytes = sizeof(Scores) - sizeof(Scores::classes) - sizeof(Scores::confusion);
  const auto of_classes = numbered(&row.scores, n_bytes);
  const auto of_values = numbered(&row.values, sizeof row.values);
  const auto of_order = numbered(&row.ranking, sizeof row.ranking);
  EXPECT_EQ(of_classes, listed(class_scores(), row));
  EXPECT_EQ(of_values, listed(value_scores(), row));
  EXPECT_EQ(of_order, listed(order_scores(), row));
}

TEST(ScoresTest, HaveDistinctKeysAndTitles) {
  for (const auto scores : {class_scores(), value_scores(), order_scores()}) {
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
  for (const bool is_regression : {false, true}) {
    const auto scores = scores_of(is_regression);
    EXPECT_EQ(std::count_if(scores.begin(), scores.end(), [](const ScoreInfo& s) { return s.is_main; }), 1);
    for (const ScoreInfo& score : scores) {
      if (score.is_main || score.shortest == ShortestList::kSplits) {
        EXPECT_NE(score.interval, nullptr) << score.key;
      }
    }
  }
  EXPECT_EQ(main_score(false).key, "macro_f1");
  EXPECT_EQ(main_score(true).key, "r2");
}

TEST(ScoresTest, ABaselineNeverBeatsTheBaseline) {
  LeaderboardRow row;
  row.uncertainty.advantage = {0.1, 0.2};
  row.values_uncertainty.advantage = {-0.1, 0.2};
  EXPECT_TRUE(beats_baseline(row, false));
  EXPECT_FALSE(beats_baseline(row, true));
  row.is_baseline = true;
  EXPECT_FALSE(beats_baseline(row, false));
}

LeaderboardRow row_of(const std::string& name, bool is_baseline, double macro_f1, double r2) {
  LeaderboardRow row;
  row.name = name;
  row.is_baseline = is_baseline;
  row.scores.macro_f1 = macro_f1;
  row.values.r2 = r2;
  return row;
}

std::vector<std::string> sorted_names(Leaderboard board) {
  sort_leaderboard(board);
  std::vector<std::string> names;
  for (const LeaderboardRow& row : board.rows) names.push_back(row.name);
  return names;
}

TEST(LeaderboardTest, SortsBaselinesAsTheyComeThenHeadsByTheMainScoreWithTheUndefinedLast) {
  Leaderboard board;
  board.rows = {row_of("undefined", false, kNan, kNan), row_of("low", false, 0.2, 0.9),
                row_of("prior", true, 0.1, 0.1),        row_of("high", false, 0.7, 0.3),
                row_of("majority", true, 0.9, 0.9),     row_of("high too", false, 0.7, 0.3)};
  EXPECT_EQ(sorted_names(board),
            (std::vector<std::string>{"prior", "majority", "high", "high too", "low", "undefined"}));
  board.is_regression = true;
  EXPECT_EQ(sorted_names(board),
            (std::vector<std::string>{"prior", "majority", "low", "high", "high too", "undefined"}));
}

}  // namespace
}  // namespace hitscope::models::evaluation
