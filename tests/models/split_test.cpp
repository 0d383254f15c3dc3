#include "models/data/split.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "tests/support/split_rows.h"

namespace hitscope::models::data {
namespace split_test {

using namespace tests;

// Fitting on rows of one's own choice does not compile.
static_assert(!std::is_default_constructible_v<TrainingFold> &&
              !std::is_constructible_v<TrainingFold, std::vector<std::size_t>, std::vector<std::size_t>>);
static_assert(!std::is_aggregate_v<TrainingFold> && !std::is_constructible_v<Split, std::vector<Part>>);

TEST(SplitTest, EveryRowIsInExactlyOnePart) {
  const Rows rows = songs();
  const Split split = by_group(rows.groups, rows.targets, {});
  ASSERT_EQ(split.n_rows(), rows.groups.size());
  std::vector<std::size_t> all;
  for (const Part part : kParts) {
    for (const std::size_t row : split.rows(part)) {
      EXPECT_EQ(split.part(row), part);
      all.push_back(row);
    }
  }
  std::sort(all.begin(), all.end());
  ASSERT_EQ(all.size(), split.n_rows());
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i], i);
}

TEST(SplitTest, TheTrainingFoldHoldsTrainingAndValidationRowsOnly) {
  const Rows rows = songs();
  const Split split = at_random(rows.targets, {});
  const TrainingFold fold = split.training_fold();
  const auto train = split.rows(Part::kTrain);
  const auto validation = split.rows(Part::kValidation);
  EXPECT_TRUE(std::equal(fold.train_rows().begin(), fold.train_rows().end(), train.begin(), train.end()));
  EXPECT_TRUE(
      std::equal(fold.validation_rows().begin(), fold.validation_rows().end(), validation.begin(), validation.end()));
}

TEST(SplitTest, NamesItsParts) {
  EXPECT_EQ(to_string(Part::kTrain), "train");
  EXPECT_EQ(to_string(Part::kValidation), "validation");
  EXPECT_EQ(to_string(Part::kTest), "test");
}

TEST(GroupSplitTest, NoGroupIsOnTwoSides) {
  const Rows rows = songs();
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Split split = by_group(rows.groups, rows.targets, {0.2, 0.15, seed});
    for (const auto& [group, parts] : parts_by_group(split, rows.groups)) {
      ASSERT_EQ(parts.size(), 1U) << group << " at seed " << seed;
    }
  }
}

TEST(GroupSplitTest, FractionsAreNearWhatWasAsked) {
  const Rows rows = songs();
  for (const SplitConfig& config : {SplitConfig{0.2, 0.15, 1}, SplitConfig{0.5, 0.5, 2}, SplitConfig{0.1, 0.3, 3}}) {
    const Split split = by_group(rows.groups, rows.targets, config);
    EXPECT_NEAR(share(split, Part::kTest), config.test_fraction, 0.02);
    EXPECT_NEAR(share(split, Part::kValidation), config.validation_fraction * (1.0 - config.test_fraction), 0.02);
  }
}

TEST(GroupSplitTest, ClassSharesOfEveryPartAreNearTheWhole) {
  const Rows rows = songs();
  std::vector<std::size_t> all(rows.targets.size());
  for (std::size_t row = 0; row < all.size(); ++row) all[row] = row;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Split split = by_group(rows.groups, rows.targets, {0.2, 0.15, seed});
    for (const Part part : kParts) {
      for (const int target : {0, 1, 2}) {
        EXPECT_NEAR(class_share(rows.targets, split.rows(part), target), class_share(rows.targets, all, target), 0.06)
            << "class " << target << " in " << to_string(part) << " at seed " << seed;
      }
    }
  }
}

TEST(GroupSplitTest, RowsWithoutAGroupAreSplitOneByOne) {
  const std::vector<std::string> groups(200);
  std::vector<int> targets(200);
  for (std::size_t row = 0; row < targets.size(); ++row) targets[row] = static_cast<int>(row % 2);
  const Split split = by_group(groups, targets, {});
  EXPECT_EQ(split.rows(Part::kTest).size(), 40U);
  EXPECT_EQ(split.rows(Part::kValidation).size(), 24U);
}

TEST(GroupSplitTest, RowsWithoutAGroupDoNotTearTheOthersApart) {
  Rows rows = songs();
  for (std::size_t row = 0; row < rows.groups.size(); row += 5) rows.groups[row].clear();
  const Split split = by_group(rows.groups, rows.targets, {});
  for (const auto& [group, parts] : parts_by_group(split, rows.groups)) {
    if (group.empty()) {
      EXPECT_EQ(parts.size(), 3U);
    } else {
      EXPECT_EQ(parts.size(), 1U) << group;
    }
  }
}

TEST(GroupSplitTest, TheSameSeedGivesTheSameSplitAndAnotherSeedAnother) {
  const Rows rows = songs();
  const auto split = [&](std::uint64_t seed) {
    return parts_of(by_group(rows.groups, rows.targets, {0.2, 0.15, seed}));
  };
  EXPECT_EQ(split(7), split(7));
  EXPECT_NE(split(7), split(8));
}

TEST(GroupSplitTest, FewerThanThreeGroupsAreRefused) {
  const std::vector<int> targets{0, 1, 0, 1};
  const auto split = [&](const std::vector<std::string>& groups) { by_group(groups, targets, {}); };
  EXPECT_THROW(split({"a", "a", "a", "a"}), std::invalid_argument);
  EXPECT_THROW(split({"a", "a", "b", "b"}), std::invalid_argument);
  EXPECT_NE(message_of([&] { split({"a", "a", "b", "b"}); }).find("three groups"), std::string::npos);
  EXPECT_NO_THROW(split({"a", "a", "b", "c"}));
}

TEST(GroupSplitTest, ThreeGroupsAreEnoughWhateverTheirSizes) {
  for (const std::vector<int>& sizes : {std::vector{10, 10, 10}, {1, 1, 98}, {40, 50, 60}, {10, 10, 80}}) {
    Rows rows;
    for (std::size_t group = 0; group < sizes.size(); ++group) {
      for (int i = 0; i < sizes[group]; ++i) {
        rows.groups.push_back("group " + std::to_string(group));
        rows.targets.push_back(i % 2);
      }
    }
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      EXPECT_NO_THROW(by_group(rows.groups, rows.targets, {0.2, 0.15, seed}))
          << sizes[0] << ", " << sizes[1] << " and " << sizes[2] << " rows at seed " << seed;
    }
  }
}

TEST(GroupSplitTest, FractionsOutOfRangeAreRefusedByName) {
  const Rows rows = songs();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double fraction : {-0.1, 0.0, 1.0, 1.5, nan}) {
    EXPECT_NE(message_of([&] {
                by_group(rows.groups, rows.targets, {fraction, 0.15, 1});
              }).find("`test_fraction`"),
              std::string::npos);
    EXPECT_NE(message_of([&] {
                at_random(rows.targets, {0.2, fraction, 1});
              }).find("`validation_fraction`"),
              std::string::npos);
  }
}

TEST(RandomSplitTest, EveryClassHasTheSameFractions) {
  std::vector<int> targets;
  for (const auto& [target, n] : {std::pair{0, 700}, {1, 200}, {2, 100}}) targets.insert(targets.end(), n, target);
  const Split split = at_random(targets, {0.2, 0.25, 3});
  for (const auto& [target, n] : {std::pair{0, 700}, {1, 200}, {2, 100}}) {
    const auto count = [&, t = target](Part part) {
      const auto rows = split.rows(part);
      return std::count_if(rows.begin(), rows.end(), [&](std::size_t row) { return targets[row] == t; });
    };
    EXPECT_EQ(count(Part::kTest), n / 5) << target;
    EXPECT_EQ(count(Part::kValidation), n / 5) << target;  // a quarter of the four fifths left
    EXPECT_EQ(count(Part::kTrain), n - 2 * (n / 5)) << target;
  }
}

TEST(RandomSplitTest, TheSameSeedGivesTheSameSplitAndAnotherSeedAnother) {
  const Rows rows = songs();
  const auto split = [&](std::uint64_t seed) { return parts_of(at_random(rows.targets, {0.2, 0.15, seed})); };
  EXPECT_EQ(split(7), split(7));
  EXPECT_NE(split(7), split(8));
}

TEST(RandomSplitTest, TooFewRowsForThreePartsAreRefused) {
  EXPECT_NE(message_of([] { at_random(std::vector<int>{0, 1}, {}); }).find("leaves no row for"), std::string::npos);
}

}  // namespace split_test
}  // namespace hitscope::models::data
