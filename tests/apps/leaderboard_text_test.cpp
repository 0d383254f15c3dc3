// The leaderboard, the comparison of splits and the folds as tables: what a terminal of 100 columns shows of them.
#include "apps/runs/leaderboard_text.h"
#include "apps/runs/pair_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <stdexcept>

#include "apps/runs/split_tables.h"
#include "apps/shell/text_table.h"
#include "models/evaluation/scores.h"

namespace hitscope::apps::runs {
namespace leaderboard_text_test {

using models::evaluation::Leaderboard;
using models::evaluation::LeaderboardRow;

Leaderboard board_of(std::vector<std::string> heads, bool is_regression) {
  Leaderboard board;
  board.class_names = {"low", "high"};
  board.is_ordered = true;
  heads.insert(heads.begin(), is_regression ? "mean" : "majority");
  for (const std::string& name : heads) {
    LeaderboardRow row;
    row.name = name;
    row.is_baseline = &name == heads.data();
    if (is_regression) {
      models::evaluation::ValueResult result{{-0.25, 13.606, 16.425, 12.5, -0.75, -0.125}, {}};
      result.uncertainty.r2 = {-0.5, -0.125};
      row.result = result;
    } else {
      auto& result = std::get<models::evaluation::ClassResult>(row.result);
      result.scores.classes.resize(board.class_names.size());
      result.scores.confusion.resize(4);
      result.uncertainty.over_chance = {0.1, 0.2};  // "no, but tells classes apart", the longest verdict
    }
    board.rows.push_back(row);
  }
  for (std::size_t i = 1; i < heads.size(); ++i) {
    board.pairs.push_back({heads[0], heads[i], {}});
    if (is_regression) board.pairs.back().comparison = models::evaluation::PairedValueComparison{};
  }
  return board;
}

const std::vector<std::vector<std::string>> kHeads{
    {"cnn"},
    {"logistic", "random_forest", "short_chunk_resnet", "boosted_trees"},
    std::vector<std::string>(200, "one of very many heads"),
    {std::string(300, 'x')},
    {"音楽の人気を予測する長い名前の頭" + std::string(120, '-') + "ü"},
};

std::size_t widest_line(const Cells& cells) {
  std::istringstream lines(shell::text_table(cells));
  std::size_t widest = 0;
  for (std::string line; std::getline(lines, line);) widest = std::max(widest, shell::width_of(line));
  return widest;
}

TEST(LeaderboardTextTest, FitsATerminalWhateverTheHeadsAreCalled) {
  for (const auto& heads : kHeads) {
    for (const bool is_regression : {false, true}) {
      const Leaderboard board = board_of(heads, is_regression);
      const Cells cells = leaderboard_cells(board, Width::kTerminal);
      EXPECT_LE(widest_line(cells), table_columns()) << heads[0];
      EXPECT_EQ(cells.size(), heads.size() + 2);
      EXPECT_LE(widest_line(pair_cells(board, Width::kTerminal)), table_columns()) << heads[0];
    }
  }
}

TEST(LeaderboardTextTest, StartsWithTheMainScoreAndTheVerdict) {
  for (const Width width : {Width::kTerminal, Width::kAll}) {
    auto header = leaderboard_cells(board_of({"cnn"}, false), width)[0];
    header.resize(4);
    EXPECT_EQ(header, (std::vector<std::string>{"head", "macro-F1 [95 %]", "beats majority", "lead in accuracy"}));
    header = leaderboard_cells(board_of({"cnn"}, true), width)[0];
    header.resize(4);
    EXPECT_EQ(header, (std::vector<std::string>{"head", "R² [95 %]", "beats constants", "lead in MAE"}));
  }
  const auto shown = leaderboard_cells(board_of({"cnn"}, false), Width::kTerminal)[0];
  EXPECT_EQ(shown[4], "accuracy");
}

TEST(LeaderboardTextTest, ListsEveryScoreWhereThereIsRoom) {
  for (const bool is_regression : {false, true}) {
    const Leaderboard board = board_of({"cnn"}, is_regression);
    const auto header = leaderboard_cells(board)[0];
    for (const auto& score : measures_of(board).scores) {
      const auto starts = [&](const std::string& title) { return title.starts_with(score.title); };
      EXPECT_TRUE(std::any_of(header.begin(), header.end(), starts)) << score.key;
    }
    EXPECT_EQ(header.back(), "KiB");
  }
}

TEST(LeaderboardTextTest, UsesNoKeyTwiceInJson) {
  for (const bool is_regression : {false, true}) {
    const Leaderboard board = board_of({"cnn"}, is_regression);
    for (const std::string& text : {metrics_json(board), leaderboard_json(board), folds_json({{"1", board}}, {})}) {
      std::vector<std::set<std::string>> keys;
      const auto note = [&](int, nlohmann::json::parse_event_t event, nlohmann::json& parsed) {
        using Event = nlohmann::json::parse_event_t;
        if (event == Event::object_start) keys.emplace_back();
        if (event == Event::object_end) keys.pop_back();
        if (event == Event::key) {
          EXPECT_TRUE(keys.back().insert(parsed.get<std::string>()).second) << parsed;
        }
        return true;
      };
      EXPECT_FALSE(nlohmann::json::parse(text, note).is_discarded());
    }
    const std::string csv = leaderboard_csv(board);
    std::istringstream header(csv.substr(0, csv.find('\n')));
    std::set<std::string> names;
    for (std::string name; std::getline(header, name, ',');) EXPECT_TRUE(names.insert(name).second) << name;
  }
}

TEST(SplitTablesTest, FitATerminalAndShowAllSplitsOfAScoreOrNone) {
  for (const auto& heads : kHeads) {
    for (const bool is_regression : {false, true}) {
      const Leaderboard board = board_of(heads, is_regression);
      const std::vector<NamedBoard> boards{
          {"group", board}, {"random", board}, {"temporal by a column with a long name", board}};
      const Cells splits = split_comparison(boards, Width::kTerminal);
      EXPECT_LE(widest_line(splits), table_columns()) << heads[0];
      EXPECT_EQ((splits[0].size() - 1) % boards.size(), 0U);
      EXPECT_EQ(split_comparison(boards)[0].size(), 1 + 2 * boards.size());
      const Cells folds = fold_table(boards, board.rows, Width::kTerminal);
      EXPECT_LE(widest_line(folds), table_columns()) << heads[0];
      EXPECT_GE(folds[0].size(), 5U);
    }
  }
}

TEST(FittedCellsTest, KeepsWhatIsNeededThenWhatFits) {
  const Cells cells{{"head", "ten chars.", "b", "c"}, {"x", "1", "2", "3"}};
  EXPECT_EQ(fitted(cells, 1, 1, 19), (Cells{{"head", "ten chars.", "b"}, {"x", "1", "2"}}));
  EXPECT_EQ(fitted(cells, 1, 1, 18), (Cells{{"head", "ten chars."}, {"x", "1"}}));
  EXPECT_EQ(fitted(cells, 1, 2, 18), (Cells{{"head"}, {"x"}}));
  EXPECT_EQ(fitted(cells, 2, 1, 11), (Cells{{"head", "ten …"}, {"x", "1"}}));
  EXPECT_EQ(fitted({{"ääää"}}, 1, 1, 3), (Cells{{"ää…"}}));
  EXPECT_TRUE(fitted({}, 1).empty());
  EXPECT_THROW(fitted(cells, 4, 1, 9), std::invalid_argument);
}

}  // namespace leaderboard_text_test
}  // namespace hitscope::apps::runs
