// Resampling against scikit-learn 1.2.1 and imbalanced-learn 0.10, whose answers tests/oracles/record_resampling.py
// records. Which rows SMOTE draws is chance: what is held against them is everything else.
#include "models/data/resampling.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace hitscope::models::data {
namespace resampling_test {

constexpr std::array<const char*, 7> kCases{
    "line", "plane", "features", "wide", "few_of_a_class", "class_without_rows", "balanced"};
constexpr std::array kAll{Resampling::kNone, Resampling::kRandom, Resampling::kSmote, Resampling::kSmoteTomek};

nlohmann::json oracle(const std::string& name) {
  std::ifstream file(std::string(ORACLES) + "/resampling/cases.json");
  if (!file) throw std::runtime_error("no recorded answers: run tests/oracles/record_resampling.py");
  for (const auto& c : nlohmann::json::parse(file)) {
    if (c.at("name") == name) return c;
  }
  throw std::runtime_error("no recorded case " + name);
}

Matrix matrix_of(const nlohmann::json& c) {
  const std::size_t n_columns = c.at("n_columns");
  std::vector<float> values = c.at("rows");
  return {values.size() / n_columns, n_columns, std::move(values)};
}

std::vector<float> row_of(const Matrix& m, std::size_t row) {
  const auto first = m.values.begin() + static_cast<std::ptrdiff_t>(row * m.n_columns);
  return {first, first + static_cast<std::ptrdiff_t>(m.n_columns)};
}

/// The rows of `m` as they are, all of them training.
TrainingMatrix training(const Matrix& m, std::vector<int> targets) {
  FeatureTable table;
  for (std::size_t column = 0; column < m.n_columns; ++column) {
    table.numeric.push_back({"x" + std::to_string(column), std::vector<double>(m.n_rows + 2, 1e9)});
    for (std::size_t row = 0; row < m.n_rows; ++row) {
      table.numeric.back().values[row] = m.values[row * m.n_columns + column];
    }
  }
  std::vector<std::string> parts(m.n_rows, "train");
  parts.insert(parts.end(), {"validation", "test"});
  targets.insert(targets.end(), {0, 0});
  const TrainingFold fold = Split::by_column(parts, "", {}, {}).training_fold();
  const TableEncoder encoder = TableEncoder::fit(table, targets, fold, {Imputation::kMean, Scaling::kNone, 0});
  return {encoder, table, targets, fold};
}

std::map<std::string, std::size_t> sizes_of(std::span<const int> targets) {
  std::map<std::string, std::size_t> sizes;
  for (const int t : targets) ++sizes[std::to_string(t)];
  return sizes;
}

/// Whether `point` lies between from and to, as far as float32 says.
bool lies_between(const std::vector<float>& point, const std::vector<float>& from, const std::vector<float>& to) {
  double step = 0.0;
  double longest = 0.0;
  for (std::size_t c = 0; c < point.size(); ++c) {
    const double length = static_cast<double>(to[c]) - from[c];
    if (std::abs(length) <= longest) continue;
    longest = std::abs(length);
    step = (static_cast<double>(point[c]) - from[c]) / length;
  }
  if (step < -1e-6 || step > 1.0 + 1e-6) return false;
  for (std::size_t c = 0; c < point.size(); ++c) {
    const double want = from[c] + step * (static_cast<double>(to[c]) - from[c]);
    const double scale =
        std::max({std::abs(static_cast<double>(from[c])), std::abs(static_cast<double>(to[c])), longest});
    if (std::abs(point[c] - want) > 2e-7 * scale) return false;
  }
  return true;
}

class ResamplingOracleTest : public testing::TestWithParam<const char*> {};

TEST_P(ResamplingOracleTest, NeighborsAreThoseOfScikitLearn) {
  const auto c = oracle(GetParam());
  std::vector<std::size_t> want;
  for (const auto& row : c.at("neighbors")) want.insert(want.end(), row.begin(), row.end());
  EXPECT_EQ(nearest_neighbors(matrix_of(c), 5), want);
}

TEST_P(ResamplingOracleTest, TomekLinksAreThoseOfImbalancedLearn) {
  const auto c = oracle(GetParam());
  const std::vector<int> targets = c.at("targets");
  const std::vector<bool> links = tomek_links(matrix_of(c), targets);
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < links.size(); ++row) {
    if (links[row]) rows.push_back(row);
  }
  EXPECT_EQ(rows, c.at("tomek").get<std::vector<std::size_t>>());
}

TEST_P(ResamplingOracleTest, CountsAreThoseOfImbalancedLearnAndOriginalRowsComeFirst) {
  const auto c = oracle(GetParam());
  const Matrix m = matrix_of(c);
  const std::vector<int> targets = c.at("targets");
  for (const char* name : {"smote", "random"}) {
    const TrainingMatrix grown = training(m, targets).resampled(dsp::from_string<Resampling>("resampling", name), 3);
    EXPECT_EQ(sizes_of(grown.targets()), c.at(name)) << name;
    ASSERT_EQ(grown.features().values.size(), grown.features().n_rows * m.n_columns);
    ASSERT_EQ(grown.features().n_rows, grown.targets().size());
    EXPECT_TRUE(std::equal(m.values.begin(), m.values.end(), grown.features().values.begin()));
    EXPECT_TRUE(std::equal(targets.begin(), targets.end(), grown.targets().begin()));
  }
}

TEST_P(ResamplingOracleTest, SmoteRowsLieBetweenARowAndANeighborOfItsClass) {
  const auto c = oracle(GetParam());
  const Matrix m = matrix_of(c);
  const std::vector<int> targets = c.at("targets");
  const TrainingMatrix grown = training(m, targets).resampled(Resampling::kSmote, 5);
  std::set<std::vector<float>> distinct;
  for (std::size_t row = m.n_rows; row < grown.features().n_rows; ++row) {
    const int target = grown.targets()[row];
    const auto point = row_of(grown.features(), row);
    const auto& neighbors = c.at("class_neighbors").at(std::to_string(target));
    bool found = false;
    std::size_t i = 0;
    for (std::size_t from = 0; from < m.n_rows && !found; ++from) {
      if (targets[from] != target) continue;
      for (const std::size_t to : neighbors[i++]) {
        found = found || lies_between(point, row_of(m, from), row_of(m, to));
      }
    }
    EXPECT_TRUE(found) << "row " << row;
    distinct.insert(point);
  }
  EXPECT_GE(distinct.size() + 1, grown.features().n_rows - m.n_rows);  // places are random, not the rows themselves
}

TEST_P(ResamplingOracleTest, RandomRowsAreCopiesOfTheirClass) {
  const auto c = oracle(GetParam());
  const Matrix m = matrix_of(c);
  const std::vector<int> targets = c.at("targets");
  std::set<std::pair<int, std::vector<float>>> originals;
  for (std::size_t row = 0; row < m.n_rows; ++row) originals.emplace(targets[row], row_of(m, row));
  const TrainingMatrix grown = training(m, targets).resampled(Resampling::kRandom, 5);
  for (std::size_t row = m.n_rows; row < grown.features().n_rows; ++row) {
    EXPECT_TRUE(originals.contains({grown.targets()[row], row_of(grown.features(), row)})) << row;
  }
}

TEST_P(ResamplingOracleTest, SmoteTomekIsSmoteWithoutItsLinks) {
  const auto c = oracle(GetParam());
  const TrainingMatrix matrix = training(matrix_of(c), c.at("targets"));
  const TrainingMatrix smote = matrix.resampled(Resampling::kSmote, 9);
  const TrainingMatrix both = matrix.resampled(Resampling::kSmoteTomek, 9);
  const std::vector<bool> links = tomek_links(smote.features(), smote.targets());
  std::vector<float> values;
  std::vector<int> targets;
  for (std::size_t row = 0; row < links.size(); ++row) {
    if (links[row]) continue;
    const auto kept = row_of(smote.features(), row);
    values.insert(values.end(), kept.begin(), kept.end());
    targets.push_back(smote.targets()[row]);
  }
  EXPECT_EQ(both.features().values, values);
  EXPECT_EQ(both.features().n_rows, targets.size());
  EXPECT_TRUE(std::equal(targets.begin(), targets.end(), both.targets().begin(), both.targets().end()));
}

TEST_P(ResamplingOracleTest, BalancedClassWeightsAreThoseOfScikitLearn) {
  const auto c = oracle(GetParam());
  const auto weights = balanced_class_weights(c.at("targets").get<std::vector<int>>(), 4);
  ASSERT_EQ(weights.size(), 4U);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    EXPECT_NEAR(weights[i], c.at("weights").value(std::to_string(i), 0.0), 1e-15) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Recorded, ResamplingOracleTest, testing::ValuesIn(kCases),
                         [](const auto& test) { return std::string(test.param); });

TEST(ResamplingTest, TheSameSeedGivesTheSameRowsAndAnotherDoesNot) {
  const auto c = oracle("features");
  const TrainingMatrix matrix = training(matrix_of(c), c.at("targets"));
  for (const Resampling r : {Resampling::kRandom, Resampling::kSmote, Resampling::kSmoteTomek}) {
    EXPECT_EQ(matrix.resampled(r, 1).features().values, matrix.resampled(r, 1).features().values);
    EXPECT_NE(matrix.resampled(r, 1).features().values, matrix.resampled(r, 2).features().values);
  }
  EXPECT_EQ(matrix.resampled(Resampling::kNone, 1).features().values, matrix.features().values);
}

TEST(ResamplingTest, SmoteUsesEveryRowAndEveryNeighbor) {
  // Between three rows in a corner there are three segments, walked both ways.
  const Matrix m{5, 2, {0, 0, 1, 0, 0, 1, 9, 9, 9, 8}};
  std::vector<float> values = m.values;
  for (int i = 0; i < 600; ++i) values.insert(values.end(), {100.0F + static_cast<float>(i), 100.0F});
  std::vector<int> targets(605, 0);
  std::fill_n(targets.begin(), 3, 1);
  const TrainingMatrix grown = training({605, 2, values}, targets).resampled(Resampling::kSmote, 4);
  std::array<int, 3> on{};
  for (std::size_t row = 605; row < grown.features().n_rows; ++row) {
    const auto p = row_of(grown.features(), row);
    EXPECT_EQ(grown.targets()[row], 1);
    ++on[p[1] == 0.0F ? 0 : p[0] == 0.0F ? 1 : 2];
  }
  for (const int n : on) EXPECT_NEAR(n, 199.7, 60);  // five standard deviations
}

TEST(ResamplingTest, OneClassOrEqualClassesStayAsTheyAre) {
  const Matrix m{4, 1, {1, 2, 30, 40}};
  for (const Resampling r : kAll) {
    EXPECT_EQ(training(m, {0, 0, 0, 0}).resampled(r, 1).features().values, m.values);
    EXPECT_EQ(training(m, {2, 2, 1, 1}).resampled(r, 1).features().values, m.values);
  }
}

TEST(ResamplingTest, AClassOfOneRowIsNamedBySmoteAndCopiedByRandom) {
  const TrainingMatrix matrix = training({4, 1, {1, 2, 3, 4}}, {0, 0, 0, 7});
  for (const Resampling r : {Resampling::kSmote, Resampling::kSmoteTomek}) {
    try {
      (void)matrix.resampled(r, 1);
      FAIL() << "nothing was thrown";
    } catch (const std::invalid_argument& e) {
      EXPECT_NE(std::string(e.what()).find("class 7"), std::string::npos) << e.what();
    }
  }
  EXPECT_EQ(matrix.resampled(Resampling::kRandom, 1).features().values, (std::vector<float>{1, 2, 3, 4, 4, 4}));
}

TEST(ResamplingTest, LinksThatWouldTakeAWholeClassAreRefused) {
  EXPECT_THROW((void)training({2, 1, {1, 2}}, {0, 1}).resampled(Resampling::kSmoteTomek, 1), std::invalid_argument);
}

TEST(ResamplingTest, NothingIsTakenFromRowsThatDoNotTrain) {
  FeatureTable table{{{"x", {1, 2, 3, 50, 60, 70}}}, {}};
  std::vector<int> targets{0, 0, 1, 1, 0, 1};
  const std::vector<std::string> parts{"train", "train", "train", "train", "validation", "test"};
  const TrainingFold fold = Split::by_column(parts, "", {}, {}).training_fold();
  const auto values = [&](Resampling r) {
    const TableEncoder encoder = TableEncoder::fit(table, targets, fold);
    const auto grown = TrainingMatrix(encoder, table, targets, fold).resampled(r, 3);
    return std::pair(grown.features().values, std::vector<int>(grown.targets().begin(), grown.targets().end()));
  };
  for (const Resampling r : kAll) {
    const auto before = values(r);
    const FeatureTable original = table;
    table.numeric[0].values[4] = -1e9;
    table.numeric[0].values[5] = 3.0;
    targets[4] = targets[5] = -1;  // they need none
    EXPECT_EQ(values(r), before);
    table = original;
  }
}

TEST(ResamplingTest, BrokenPromisesAreNamed) {
  const TrainingMatrix matrix = training({3, 1, {1, 2, 3}}, {0, 1, 1});
  EXPECT_THROW((void)matrix.resampled(Resampling::kSmote, 1, 0), std::invalid_argument);
  EXPECT_THROW(training({2, 1, {1, 2}}, {0, -1}), std::invalid_argument);
  EXPECT_THROW(balanced_class_weights(std::vector<int>{0, 3}, 3), std::invalid_argument);
  EXPECT_THROW(balanced_class_weights(std::vector<int>{-1}, 3), std::invalid_argument);
  EXPECT_EQ(balanced_class_weights({}, 2), (std::vector<double>{0.0, 0.0}));
  EXPECT_THROW(dsp::from_string<Resampling>("resampling", "SMOTE"), std::invalid_argument);
}

TEST(ResamplingTest, NamesAreRead) {
  for (const Resampling r : kAll) EXPECT_EQ(dsp::from_string<Resampling>("resampling", to_string(r)), r);
  EXPECT_EQ(to_string(Resampling::kSmoteTomek), "smote-tomek");
}

}  // namespace resampling_test
}  // namespace hitscope::models::data
