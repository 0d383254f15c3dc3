// Splits where there is little to choose from: tied times, chains of duplicates, missing columns, too few groups; and
// where there is very much.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "models/data/split.h"
#include "tests/support/catalogues.h"
#include "tests/support/message_of.h"

namespace hitscope::models::data {
namespace split_edges_test {

using tests::Catalogue;
using tests::drawn_catalogue;
using tests::message_of;

constexpr SplitKind kKinds[] = {SplitKind::kGroup, SplitKind::kDuplicates, SplitKind::kRandom, SplitKind::kTemporal};

TEST(TemporalSplitTest, EqualTimesStayTogetherAndTheLatestTest) {
  const std::vector<double> times{5, 1, 5, 2, 3, 5, 4, 2, 1, 3};
  const Split split = Split::holdout(SplitKind::kTemporal, {.times = times}, {.validation_fraction = 0.2});
  EXPECT_EQ(split.rows(Part::kTest), (std::vector<std::size_t>{0, 2, 5}));
  EXPECT_EQ(split.rows(Part::kValidation), (std::vector<std::size_t>{6}));
}

TEST(TemporalSplitTest, OneTimeOfMostRowsStillLeavesThreeParts) {
  std::vector<double> times(100, 7.0);
  times[10] = -std::numeric_limits<double>::infinity();
  times[20] = 1.0;
  const Split split = Split::holdout(SplitKind::kTemporal, {.times = times}, {});
  EXPECT_EQ(split.rows(Part::kTest).size(), 98U);
  EXPECT_EQ(split.part(10), Part::kTrain);
  EXPECT_EQ(split.part(20), Part::kValidation);
}

TEST(TemporalSplitTest, ErrorsNameWhatIsWrong) {
  const auto split = [](const std::vector<double>& times) {
    return message_of([&] { Split::holdout(SplitKind::kTemporal, {.times = times}, {}); });
  };
  EXPECT_NE(split({1, 2, std::nan(""), 4}).find("row 2 "), std::string::npos);
  EXPECT_NE(split({1, 1, 1, 1}).find("three different times"), std::string::npos);
  EXPECT_NE(split({1, 1, 2, 2}).find("have 2"), std::string::npos);
  const std::vector<double> times{1, 2, 3, 3, 3, 3};
  EXPECT_NE(message_of([&] { Split::k_fold(SplitKind::kTemporal, {.times = times}, 2, {}); }).find("4 different times"),
            std::string::npos);
}

TEST(TemporalSplitTest, FoldsOfTiedTimesNeverSeparateThem) {
  // 3 folds of 12 rows begin at 3, 6 and 9; the times part at 2, 5, 7, 9 and 10.
  const std::vector<double> times{0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 5, 5};
  const auto splits = Split::k_fold(SplitKind::kTemporal, {.times = times}, 3, {});
  EXPECT_EQ(splits[0].rows(Part::kTest), (std::vector<std::size_t>{5, 6}));
  EXPECT_EQ(splits[0].rows(Part::kUnused).size(), 5U);
  EXPECT_EQ(splits[1].rows(Part::kTest), (std::vector<std::size_t>{7, 8}));
  EXPECT_EQ(splits[2].rows(Part::kTest), (std::vector<std::size_t>{9, 10, 11}));
}

TEST(ComponentsTest, RowsThatShareAnyKeyAreOneDirectlyOrThroughOthers) {
  const std::vector<std::string> artists{"a", "b", "c", "", "d", "a", ""};
  const std::vector<std::string> codes{"1", "2", "1", "", "3", "4", "2"};
  const std::vector<std::span<const std::string>> keys{artists, codes};
  EXPECT_EQ(connected_components(keys, 7), (std::vector<std::size_t>{0, 1, 0, 2, 3, 0, 1}));
  EXPECT_EQ(connected_components({}, 3), (std::vector<std::size_t>{0, 1, 2}));
  EXPECT_TRUE(connected_components({}, 0).empty());
}

TEST(ComponentsTest, TheSameTextInTwoKeysJoinsNothing) {
  const std::vector<std::string> artists{"x", "y"};
  const std::vector<std::string> titles{"y", "x"};
  const std::vector<std::span<const std::string>> keys{artists, titles};
  EXPECT_EQ(connected_components(keys, 2), (std::vector<std::size_t>{0, 1}));
}

TEST(ComponentsTest, AChainOfManyRowsIsOne) {
  std::vector<std::string> even;
  std::vector<std::string> odd;
  for (int row = 0; row < 100'000; ++row) {
    even.push_back(std::to_string(row / 2));
    odd.push_back(std::to_string((row + 1) / 2));
  }
  const std::vector<std::span<const std::string>> keys{even, odd};
  const auto components = connected_components(keys, even.size());
  EXPECT_EQ(*std::max_element(components.begin(), components.end()), 0U);
}

TEST(SplitErrorsTest, SayWhatIsMissing) {
  const std::vector<int> strata{0, 1, 0, 1, 0, 1};
  const std::vector<std::string> groups{"a", "b"};
  const SplitRows rows{.strata = strata};
  const auto message = [](SplitKind kind, const SplitRows& r) {
    return message_of([&] { Split::holdout(kind, r, {}); });
  };
  EXPECT_NE(message(SplitKind::kGroup, rows).find("needs the rows' groups"), std::string::npos);
  EXPECT_NE(message(SplitKind::kDuplicates, rows).find("identities"), std::string::npos);
  EXPECT_NE(message(SplitKind::kTemporal, rows).find("times"), std::string::npos);
  EXPECT_NE(message(SplitKind::kColumn, rows).find("by_column"), std::string::npos);
  EXPECT_NE(message(SplitKind::kGroup, {.strata = strata, .groups = groups}).find("groups has 2 rows, strata has 6"),
            std::string::npos);
  for (const SplitKind kind : kKinds) EXPECT_NE(message(kind, {}).find("no row"), std::string::npos);
}

TEST(SplitErrorsTest, FoldsMustBeTwoAndNotMoreThanRowsOrGroups) {
  const Catalogue catalogue = drawn_catalogue(1, 20, 6, 2);
  for (const SplitKind kind : kKinds) {
    for (const int n_folds : {-1, 0, 1}) {
      EXPECT_NE(message_of([&] { Split::k_fold(kind, catalogue.view(), n_folds, {}); }).find("at least 2"),
                std::string::npos);
    }
    EXPECT_NE(message_of([&] { Split::k_fold(kind, catalogue.view(), 21, {}); }).find("21"), std::string::npos);
  }
  const std::vector<std::string> groups{"a", "a", "b", "b"};
  EXPECT_NE(message_of([&] { Split::k_fold(SplitKind::kGroup, {.groups = groups}, 2, {}); }).find("three groups"),
            std::string::npos);
}

TEST(SplitSpeedTest, HalfAMillionRowsOfAHundredThousandGroupsNeedNoMinutes) {
  // Well under a second each on a quiet machine (--gtest_output=xml says how long); the bound is for busy ones and
  // sanitizers, and only a quadratic step would break it.
  constexpr double kMost = 30.0;
  const Catalogue catalogue = drawn_catalogue(1, 500'000, 100'000, 10);
  const SplitRows rows{.strata = catalogue.strata, .groups = catalogue.groups};
  const std::vector<std::span<const std::string>> keys{catalogue.groups, catalogue.recordings, catalogue.groups,
                                                       catalogue.recordings};
  const auto expect_fast = [&](const char* name, const auto& function) {
    const auto start = std::chrono::steady_clock::now();
    function();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    RecordProperty(name, std::to_string(seconds));
    EXPECT_LT(seconds, kMost) << name;
  };
  expect_fast("group", [&] { Split::holdout(SplitKind::kGroup, rows, {}); });
  expect_fast("components", [&] { connected_components(keys, 500'000); });
  expect_fast("folds", [&] { Split::k_fold(SplitKind::kGroup, rows, 5, {}); });
}

}  // namespace split_edges_test
}  // namespace hitscope::models::data
