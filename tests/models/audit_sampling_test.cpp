#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "models/evaluation/alike_columns.h"
#include "models/evaluation/audit.h"
#include "models/evaluation/carrying_column.h"

namespace hitscope::models::evaluation {
namespace audit_sampling_test {

/// Rows of `n_genres` genres of 100 songs each; the first `n_chosen` have no song below `floor`.
struct Songs {
  Songs(int n_genres, int n_chosen, double floor) {
    std::mt19937_64 random(7);
    data::CategoricalColumn genre{"genre", {}};
    for (int g = 0; g < n_genres; ++g) {
      for (int i = 0; i < 100; ++i) {
        const double mean = 25.0 + 3.0 * g;  // genres differ in taste, too
        std::normal_distribution<double> any(mean, 15.0);
        double value = std::round(any(random));
        while (g < n_chosen && value < floor) value = floor + std::round(std::abs(any(random) - mean));
        if (g < n_chosen && i == 0) value = floor;
        genre.values.push_back("genre " + std::to_string(g));
        targets.push_back(std::clamp(value, 0.0, 100.0));
      }
    }
    table.categorical.push_back(std::move(genre));
  }

  std::vector<Finding> findings(bool as_classes) const {
    std::vector<int> classes;
    for (const double target : targets) classes.push_back(target >= 60.0 ? 1 : 0);
    AuditInput input{.table = table};
    if (as_classes) input.targets = classes;
    input.n_classes = as_classes ? 2 : 0;
    input.target_values = targets;
    std::vector<Finding> found = audit(input);
    std::erase_if(found, [](const Finding& f) { return f.rule != AuditRule::kSampledByColumn; });
    return found;
  }

  data::FeatureTable table;
  std::vector<double> targets;
};

TEST(AuditSamplingTest, CategoriesThatEndAtOneNumberAreNamedWithAnExample) {
  const Songs songs(15, 8, 60.0);
  for (const bool as_classes : {true, false}) {
    const auto found = songs.findings(as_classes);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].severity, Severity::kWarning);
    EXPECT_EQ(found[0].subject, "genre");
    EXPECT_NE(found[0].detail.find("8 of the 15 values of 'genre' never fall below 60"), std::string::npos)
        << found[0].detail;
    EXPECT_NE(found[0].detail.find("(such as 'genre "), std::string::npos);
    EXPECT_FALSE(is_clean(found));
    EXPECT_FALSE(has_leak(found));
  }
}

TEST(AuditSamplingTest, GenresOfDifferentTastesAreNoSampling) {
  EXPECT_TRUE(Songs(20, 0, 0.0).findings(false).empty());
  EXPECT_TRUE(Songs(20, 3, 60.0).findings(false).empty()) << "too few to be sure";
}

LeaderboardRow row_of(const std::string& name, bool is_baseline, double macro_f1) {
  ClassResult result;
  result.scores.macro_f1 = macro_f1;
  result.scores.classes.resize(2);
  for (ClassScore& c : result.scores.classes) c.support = 500;
  result.uncertainty.advantage = {0.1, 0.3};
  return {.name = name, .is_baseline = is_baseline, .result = result};
}

TEST(CarryingColumnTest, IsTheOneThatMakesHalfOfTheBestHeadsLead) {
  Leaderboard board;
  board.rows = {row_of("majority", true, 0.2), row_of("cnn", false, 0.9), row_of("forest", false, 0.6)};
  EXPECT_EQ(carrying_columns(board, {{"forest", {{"genre", 0.2, 0.0}, {"tempo", 0.1, 0.0}}}}),
            std::vector<std::string>{"genre"});
  EXPECT_EQ(carrying_columns(board, {{"forest", {{"genre", 0.19, 0.0}, {"tempo", 0.1, 0.0}}}}),
            std::vector<std::string>{});
  EXPECT_EQ(carrying_columns(board, {}), std::vector<std::string>{}) << "no head reads the table";
  std::get<ClassResult>(board.rows[2].result).uncertainty.advantage = {-0.1, 0.3};
  EXPECT_EQ(carrying_columns(board, {{"forest", {{"genre", 0.2, 0.0}}}}), std::vector<std::string>{})
      << "it may be chance";
  board.rows[2] = row_of("forest", false, 0.24);
  EXPECT_EQ(carrying_columns(board, {{"forest", {{"genre", 0.04, 0.0}}}}), std::vector<std::string>{})
      << "there is hardly a lead";
}

TEST(CarryingColumnTest, IsAGroupWhereItsColumnsStandInForOneAnother) {
  Leaderboard board;
  board.rows = {row_of("majority", true, 0.2), row_of("forest", false, 0.6)};
  const std::vector<std::string> both{"genre", "subgenre"};
  EXPECT_EQ(carrying_columns(board, {{"forest", {{"genre", 0.3, 0.0, both}}}}), both);
  EXPECT_TRUE(carrying_columns(board, {{"forest", {{"genre", 0.1, 0.0, both}}}}).empty());
}

TEST(AlikeColumnsTest, AreThoseThatTellOneAnother) {
  constexpr std::size_t kRows = 600;
  std::mt19937_64 random(3);
  data::FeatureTable table;
  table.numeric = {{"loudness", {}}, {"energy", {}}, {"tempo", {}}, {"year", {}}};
  table.categorical = {{"genre", {}}, {"subgenre", {}}, {"key", {}}, {"artist", {}}, {"decade", {}}};
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < kRows; ++row) {
    const double loud = static_cast<double>(random() % 1000);
    const auto sub = random() % 12;
    const auto year = 1960 + random() % 40;
    const std::vector<double> numbers{loud, -loud * loud + static_cast<double>(random() % 100),
                                      static_cast<double>(random() % 200), static_cast<double>(year)};
    const std::vector<std::string> texts{std::to_string(sub / 4), row % 9 == 0 ? "" : std::to_string(sub),
                                         std::to_string(random() % 12), std::to_string(row / 2),
                                         std::to_string(year / 10)};
    for (std::size_t c = 0; c < numbers.size(); ++c) table.numeric[c].values.push_back(numbers[c]);
    for (std::size_t c = 0; c < texts.size(); ++c) table.categorical[c].values.push_back(texts[c]);
    rows.push_back(row);
  }
  using Groups = std::vector<std::vector<std::string>>;
  EXPECT_EQ(alike_columns(table, rows), (Groups{{"loudness", "energy"}, {"year", "decade"}, {"genre", "subgenre"}}));
  EXPECT_EQ(alike_columns(table, std::vector<std::size_t>{}), Groups{});
  // A column that few rows have joins no others, and numbers of few values are alike by their order.
  data::FeatureTable sparse;
  sparse.numeric = {{"rank", {}}, {"stars", {}}, {"rating", {}}};
  sparse.categorical = {{"genre", {}}, {"mode", {}}};
  for (std::size_t row = 0; row < kRows; ++row) {
    const double stars = static_cast<double>(random() % 21) / 4.0;
    sparse.numeric[0].values.push_back(row % 15 == 0 ? static_cast<double>(row) : NAN);
    sparse.numeric[1].values.push_back(stars);
    sparse.numeric[2].values.push_back(stars + static_cast<double>(random() % 3) / 4.0);
    sparse.categorical[0].values.push_back(std::to_string(random() % 5));
    sparse.categorical[1].values.push_back(std::to_string(random() % 2));
  }
  EXPECT_EQ(alike_columns(sparse, rows), (Groups{{"stars", "rating"}}));
}

TEST(CarryingColumnTest, TheRestIsWhatIsLeft) {
  data::Examples examples{2, {{{"tempo", {1, 2}}}, {{"genre", {"a", "b"}}}}, {}};
  const data::Examples rest = without_columns(examples, {"genre"});
  EXPECT_TRUE(rest.table.categorical.empty());
  EXPECT_EQ(rest.table.numeric.size(), 1U);
  EXPECT_EQ(without_columns(examples, {"tempo"}).table.numeric.size(), 0U);
}

}  // namespace audit_sampling_test
}  // namespace hitscope::models::evaluation
