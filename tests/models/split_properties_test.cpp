// What every split promises, over many seeds and catalogues of many shapes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "models/data/split.h"
#include "models/data/stratified_choice.h"
#include "tests/support/catalogues.h"

namespace hitscope::models::data {
namespace split_properties_test {

using tests::Catalogue;
using tests::drawn_catalogue;

constexpr Part kParts[] = {Part::kTrain, Part::kValidation, Part::kTest};
constexpr SplitKind kKinds[] = {SplitKind::kGroup, SplitKind::kDuplicates, SplitKind::kRandom, SplitKind::kTemporal};

void expect_no_group_on_two_sides(const Split& split, const std::vector<std::string>& groups) {
  std::map<std::string, Part> parts;
  for (std::size_t row = 0; row < groups.size(); ++row) {
    if (groups[row].empty()) continue;
    const auto [found, is_new] = parts.emplace(groups[row], split.part(row));
    ASSERT_EQ(found->second, split.part(row)) << groups[row];
  }
}

void expect_times_in_order(const Split& split, const std::vector<double>& times) {
  std::map<Part, std::pair<double, double>> range;
  for (std::size_t row = 0; row < times.size(); ++row) {
    auto& [least, most] = range.try_emplace(split.part(row), times[row], times[row]).first->second;
    least = std::min(least, times[row]);
    most = std::max(most, times[row]);
  }
  EXPECT_LT(range[Part::kTrain].second, range[Part::kValidation].first);
  EXPECT_LT(range[Part::kValidation].second, range[Part::kTest].first);
  if (range.contains(Part::kUnused)) {
    EXPECT_LT(range[Part::kTest].second, range[Part::kUnused].first);
  }
}

void expect_promises(SplitKind kind, const Split& split, const Catalogue& catalogue) {
  std::size_t n = split.rows(Part::kUnused).size();
  for (const Part part : kParts) {
    EXPECT_FALSE(split.rows(part).empty()) << to_string(part);
    n += split.rows(part).size();
  }
  EXPECT_EQ(n, catalogue.strata.size());
  if (kind == SplitKind::kGroup || kind == SplitKind::kDuplicates) {
    expect_no_group_on_two_sides(split, catalogue.groups);
  }
  if (kind == SplitKind::kDuplicates) expect_no_group_on_two_sides(split, catalogue.recordings);
  if (kind == SplitKind::kTemporal) expect_times_in_order(split, catalogue.times);
  EXPECT_TRUE(kind == SplitKind::kTemporal || split.rows(Part::kUnused).empty());
}

std::vector<Part> parts_of(const Split& split) {
  std::vector<Part> parts;
  for (std::size_t row = 0; row < split.n_rows(); ++row) parts.push_back(split.part(row));
  return parts;
}

TEST(SplitPropertiesTest, EveryKindKeepsItsPromisesAtEverySeed) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const Catalogue catalogue = drawn_catalogue(seed, 200 + 50 * seed, 20 + 5 * seed, 2 + static_cast<int>(seed % 5));
    for (const SplitKind kind : kKinds) {
      SCOPED_TRACE(std::string(to_string(kind)) + " at seed " + std::to_string(seed));
      const Split split = Split::holdout(kind, catalogue.view(), {.seed = seed});
      expect_promises(kind, split, catalogue);
      const double n = static_cast<double>(catalogue.strata.size());
      EXPECT_NEAR(static_cast<double>(split.rows(Part::kTest).size()) / n, 0.2, 0.02);
      EXPECT_NEAR(static_cast<double>(split.rows(Part::kValidation).size()) / n, 0.12, 0.02);
      EXPECT_EQ(parts_of(split), parts_of(Split::holdout(kind, catalogue.view(), {.seed = seed})));
    }
  }
}

TEST(SplitPropertiesTest, FoldsAreDisjointAndComplete) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const Catalogue catalogue = drawn_catalogue(seed, 300, 60, 3);
    for (const SplitKind kind : kKinds) {
      for (const bool is_shuffled : {false, true}) {
        SCOPED_TRACE(std::string(to_string(kind)) + " at seed " + std::to_string(seed));
        const auto splits = Split::k_fold(kind, catalogue.view(), 5, {.seed = seed, .shuffle = is_shuffled});
        ASSERT_EQ(splits.size(), 5U);
        std::vector<int> n_tests(300, 0);
        for (const Split& split : splits) {
          expect_promises(kind, split, catalogue);
          for (const std::size_t row : split.rows(Part::kTest)) ++n_tests[row];
        }
        const auto n_untested = std::count(n_tests.begin(), n_tests.end(), 0);
        EXPECT_EQ(*std::max_element(n_tests.begin(), n_tests.end()), 1);
        EXPECT_EQ(n_untested > 0, kind == SplitKind::kTemporal);
        EXPECT_NEAR(static_cast<double>(n_untested), kind == SplitKind::kTemporal ? 50.0 : 0.0, 6.0);
      }
    }
  }
}

TEST(SplitPropertiesTest, ShufflingIsSeeded) {
  const Catalogue catalogue = drawn_catalogue(3, 300, 60, 3);
  for (const SplitKind kind : {SplitKind::kGroup, SplitKind::kDuplicates, SplitKind::kRandom}) {
    const auto first = [&](std::uint64_t seed) {
      return Split::k_fold(kind, catalogue.view(), 4, {.seed = seed})[0].rows(Part::kTest);
    };
    EXPECT_EQ(first(1), first(1));
    EXPECT_NE(first(1), first(2)) << to_string(kind);
  }
}

TEST(GroupSplitPropertiesTest, NoClassOfThreeGroupsIsLostFromAPart) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    // 60 artists of 1 to 20 songs in class 0; class 1 has one song of each of three artists, class 2 of four.
    Catalogue catalogue;
    std::mt19937_64 random(seed);
    for (int artist = 0; artist < 60; ++artist) {
      for (std::size_t song = 0; song <= random() % 20; ++song) {
        catalogue.groups.push_back(std::to_string(artist));
        catalogue.strata.push_back(song > 0 || artist >= 7 ? 0 : artist < 3 ? 1 : 2);
      }
    }
    const SplitRows rows{.strata = catalogue.strata, .groups = catalogue.groups};
    const Split split = Split::holdout(SplitKind::kGroup, rows, {.seed = seed});
    for (const Part part : kParts) {
      std::set<int> classes;
      for (const std::size_t row : split.rows(part)) classes.insert(catalogue.strata[row]);
      EXPECT_EQ(classes.size(), 3U) << to_string(part) << " at seed " << seed;
    }
  }
}

TEST(GroupSplitPropertiesTest, ClassSharesAreCloseWhereGroupsAreMany) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Catalogue catalogue = drawn_catalogue(seed, 2000, 400, 5);
    std::map<int, double> all;
    for (const int stratum : catalogue.strata) all[stratum] += 1.0 / 2000.0;
    const Split split = Split::holdout(SplitKind::kGroup, catalogue.view(), {.seed = seed});
    for (const Part part : kParts) {
      std::map<int, double> shares;
      const auto rows = split.rows(part);
      for (const std::size_t row : rows) shares[catalogue.strata[row]] += 1.0 / static_cast<double>(rows.size());
      for (const auto& [stratum, share] : all) EXPECT_NEAR(shares[stratum], share, 0.01) << stratum;
    }
  }
}

TEST(GroupSplitPropertiesTest, AClassOfOneGroupTrains) {
  Catalogue catalogue = drawn_catalogue(1, 300, 40, 2);
  for (std::size_t row = 0; row < 300; ++row) {
    if (catalogue.groups[row] == "artist 3") catalogue.strata[row] = 9;
  }
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Split split = Split::holdout(SplitKind::kGroup, catalogue.view(), {.seed = seed});
    for (std::size_t row = 0; row < 300; ++row) {
      ASSERT_TRUE(catalogue.strata[row] != 9 || split.part(row) == Part::kTrain) << seed;
    }
  }
}

TEST(RandomSplitPropertiesTest, AClassOfOneRowTrainsAndOneOfThreeIsEverywhere) {
  std::vector<int> strata(100, 0);
  strata[50] = 1;
  for (const std::size_t row : {3, 4, 90}) strata[row] = 2;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const Split split = Split::holdout(SplitKind::kRandom, {.strata = strata}, {.seed = seed});
    EXPECT_EQ(split.part(50), Part::kTrain);
    const std::set<Part> parts{split.part(3), split.part(4), split.part(90)};
    EXPECT_EQ(parts.size(), 3U) << seed;
    EXPECT_EQ(split.rows(Part::kTest).size(), 20U);
    EXPECT_EQ(split.rows(Part::kValidation).size(), 12U);
  }
}

TEST(RandomSplitPropertiesTest, RowsThatAreAllClassesOfTheirOwnAreStillSplit) {
  std::vector<int> strata(50);
  for (int row = 0; row < 50; ++row) strata[row] = row;
  const Split split = Split::holdout(SplitKind::kRandom, {.strata = strata}, {});
  EXPECT_EQ(split.rows(Part::kTest).size(), 10U);
  const Split three = Split::holdout(SplitKind::kRandom, {.strata = std::span(strata).first(3)}, {});
  EXPECT_EQ(three.rows(Part::kTest).size(), 1U);
}

TEST(RandomSplitPropertiesTest, CountsAddUpToTheFractionOfAll) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::size_t> sizes(1 + random() % 12);
    for (std::size_t& size : sizes) size = random() % (round % 2 == 0 ? 5 : 200);
    const double fraction = static_cast<double>(1 + random() % 99) / 100.0;
    std::size_t n = 0;
    for (const std::size_t size : sizes) n += size;
    std::size_t n_taken = 0;
    const auto taken = stratified_counts(sizes, fraction, 2);
    for (std::size_t c = 0; c < sizes.size(); ++c) {
      ASSERT_LE(taken[c], sizes[c]);
      n_taken += taken[c];
    }
    const auto rounded = static_cast<std::size_t>(std::lround(static_cast<double>(n) * fraction));
    ASSERT_EQ(n_taken, n <= 2 ? 0 : std::clamp<std::size_t>(rounded, 1, n - 2)) << "round " << round;
  }
}

}  // namespace split_properties_test
}  // namespace hitscope::models::data
