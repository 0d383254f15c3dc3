// k folds against scikit-learn 1.2.1, whose test rows tests/oracles/record_splits.py records, and what every fold
// promises whatever the rows.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/data/fold_assignment.h"
#include "models/data/split.h"

namespace hitscope::models::data {
namespace split_folds_test {

/// What a split looks at, owned.
struct Rows {
  std::vector<int> strata;
  std::vector<std::string> groups;
  std::vector<std::string> keys;
  std::vector<double> times;

  SplitRows view() const {
    SplitRows rows{.strata = strata, .groups = groups, .times = times};
    if (!keys.empty()) rows.identities.emplace_back(keys);
    return rows;
  }
};

constexpr SplitConfig kUnshuffled{.shuffle = false};

/// The fold that tests each row; -1 where none does. Fails where two do.
std::vector<int> test_folds(const std::vector<Split>& splits) {
  std::vector<int> folds(splits.at(0).n_rows(), -1);
  for (std::size_t fold = 0; fold < splits.size(); ++fold) {
    for (const std::size_t row : splits[fold].rows(Part::kTest)) {
      EXPECT_EQ(folds[row], -1) << "row " << row << " tests twice";
      folds[row] = static_cast<int>(fold);
    }
  }
  return folds;
}

std::vector<nlohmann::json> oracle_cases(const std::string& splitter) {
  std::ifstream file(std::string(ORACLES) + "/splits/folds.json");
  std::vector<nlohmann::json> cases;
  for (const nlohmann::json& one : nlohmann::json::parse(file)) {
    if (one.at("splitter") == splitter) cases.push_back(one);
  }
  return cases;
}

Rows rows_of(const nlohmann::json& one) {
  Rows rows;
  if (one.contains("strata")) rows.strata = one["strata"].get<std::vector<int>>();
  if (one.contains("groups")) rows.groups = one["groups"].get<std::vector<std::string>>();
  if (one.contains("times")) rows.times = one["times"].get<std::vector<double>>();
  if (one.contains("components")) {
    for (const int component : one["components"]) rows.keys.push_back("key " + std::to_string(component));
  }
  return rows;
}

SplitKind kind_of(const nlohmann::json& one) {
  if (one.contains("times")) return SplitKind::kTemporal;
  if (one.contains("components")) return SplitKind::kDuplicates;
  return one.contains("groups") ? SplitKind::kGroup : SplitKind::kRandom;
}

void expect_recorded_folds(const std::string& splitter, std::size_t least_cases) {
  const auto cases = oracle_cases(splitter);
  EXPECT_GE(cases.size(), least_cases);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Rows rows = rows_of(cases[i]);
    const auto splits = Split::k_fold(kind_of(cases[i]), rows.view(), cases[i]["n_folds"], kUnshuffled);
    EXPECT_EQ(test_folds(splits), cases[i]["folds"].get<std::vector<int>>())
        << splitter << " case " << i << ", " << cases[i]["n_folds"] << " folds";
  }
}

TEST(FoldsOracleTest, RandomWithoutShufflingIsStratifiedKFold) {
  expect_recorded_folds("StratifiedKFold", 40);
}

TEST(FoldsOracleTest, GroupAndDuplicatesWithoutShufflingAreStratifiedGroupKFold) {
  expect_recorded_folds("StratifiedGroupKFold", 60);
}

TEST(FoldsOracleTest, GroupOfOneClassIsGroupKFold) {
  expect_recorded_folds("GroupKFold", 9);
}

TEST(FoldsOracleTest, TemporalIsTimeSeriesSplit) {
  expect_recorded_folds("TimeSeriesSplit", 9);
}

TEST(FoldsOracleTest, GroupsOfEqualSizeMayChangePlacesButFoldsHaveGroupKFoldsSizes) {
  for (const nlohmann::json& one : oracle_cases("GroupKFold, sizes")) {
    const Rows rows = rows_of(one);
    const int n_folds = one["n_folds"];
    const auto got = test_folds(Split::k_fold(SplitKind::kGroup, rows.view(), n_folds, kUnshuffled));
    const auto want = one["folds"].get<std::vector<int>>();
    for (int fold = 0; fold < n_folds; ++fold) {
      EXPECT_EQ(std::count(got.begin(), got.end(), fold), std::count(want.begin(), want.end(), fold)) << fold;
    }
  }
}

TEST(FoldsOracleTest, ShufflingChangesRowsButNotTheClassesOfAFold) {
  for (const nlohmann::json& one : oracle_cases("StratifiedKFold")) {
    const Rows rows = rows_of(one);
    const auto want = one["folds"].get<std::vector<int>>();
    const auto got = test_folds(Split::k_fold(SplitKind::kRandom, rows.view(), one["n_folds"], {.seed = 5}));
    std::map<std::pair<int, int>, int> difference;
    for (std::size_t row = 0; row < want.size(); ++row) {
      ++difference[{want[row], rows.strata[row]}];
      --difference[{got[row], rows.strata[row]}];
    }
    for (const auto& [fold_and_class, n] : difference) EXPECT_EQ(n, 0) << fold_and_class.first;
  }
}

}  // namespace split_folds_test
}  // namespace hitscope::models::data
