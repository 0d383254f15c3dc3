#include <gtest/gtest.h>

#include <algorithm>
#include <random>

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
  EXPECT_EQ(carrying_column(board, {{"forest", {{"genre", 0.2, 0.0}, {"tempo", 0.1, 0.0}}}}), "genre");
  EXPECT_EQ(carrying_column(board, {{"forest", {{"genre", 0.19, 0.0}, {"tempo", 0.1, 0.0}}}}), std::nullopt);
  EXPECT_EQ(carrying_column(board, {}), std::nullopt) << "no head reads the table";
  std::get<ClassResult>(board.rows[2].result).uncertainty.advantage = {-0.1, 0.3};
  EXPECT_EQ(carrying_column(board, {{"forest", {{"genre", 0.2, 0.0}}}}), std::nullopt) << "it may be chance";
  board.rows[2] = row_of("forest", false, 0.24);
  EXPECT_EQ(carrying_column(board, {{"forest", {{"genre", 0.04, 0.0}}}}), std::nullopt) << "there is hardly a lead";
}

TEST(CarryingColumnTest, TheRestIsWhatIsLeft) {
  data::Examples examples{2, {{{"tempo", {1, 2}}}, {{"genre", {"a", "b"}}}}, {}};
  const data::Examples rest = without_column(examples, "genre");
  EXPECT_TRUE(rest.table.categorical.empty());
  EXPECT_EQ(rest.table.numeric.size(), 1U);
  EXPECT_EQ(without_column(examples, "tempo").table.numeric.size(), 0U);
}

}  // namespace audit_sampling_test
}  // namespace hitscope::models::evaluation
