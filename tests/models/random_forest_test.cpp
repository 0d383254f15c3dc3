// The random forest against scikit-learn 1.2.1, whose answers tests/oracles/record_forest.py records.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <random>
#include <stdexcept>

#include "models/classical/trees/trees.h"
#include "models/evaluation/metrics.h"
#include "tests/support/tree_rows.h"

namespace hitscope::models::classical::trees {
namespace random_forest_test {

using namespace tests;

constexpr int kManyTrees = 10000;
constexpr int kManyTreesOfNumbers = 3000;  // which try every column, and take longer

struct Recorded {
  nlohmann::json json;
  Rows train;
  data::Matrix test;

  std::vector<double> numbers(const char* name) const { return json.at(name).get<std::vector<double>>(); }
};

Recorded recorded() {
  Recorded result;
  std::ifstream file(std::string(ORACLES) + "/forest/forest.json");
  result.json = nlohmann::json::parse(file);
  const auto n_train = result.json.at("n_train").get<std::size_t>();
  const auto n_columns = result.json.at("n_columns").get<std::size_t>();
  const auto features = result.json.at("features").get<std::vector<float>>();
  const auto middle = features.begin() + static_cast<std::ptrdiff_t>(n_train * n_columns);
  result.train.features = {n_train, n_columns, {features.begin(), middle}};
  result.test = {features.size() / n_columns - n_train, n_columns, {middle, features.end()}};
  result.train.targets = result.json.at("targets").get<std::vector<int>>();
  return result;
}

struct Difference {
  double mean = 0.0;
  double largest = 0.0;
};

Difference difference(const std::vector<double>& got, const std::vector<double>& want) {
  EXPECT_EQ(got.size(), want.size());
  Difference result;
  for (std::size_t i = 0; i < std::min(got.size(), want.size()); ++i) {
    const double d = std::abs(got[i] - want[i]);
    result.mean += d / static_cast<double>(want.size());
    result.largest = std::max(result.largest, d);
  }
  return result;
}

// Two forests of the same kind differ by chance: two of 20,000 trees by 0.003 in the mean and 0.016 at the most, over
// the 300 probabilities. Trying one column a node more or fewer moves the mean by 0.04 or more.
TEST(RandomForestTest, TendsToScikitLearnsProbabilities) {
  const Recorded oracle = recorded();
  const auto fitted = fit_random_forest(oracle.train.view(), of_classes(3, 5, 2), {.n_estimators = kManyTrees});
  const Difference d =
      difference(fitted.trees->predict_probabilities(oracle.test).values, oracle.numbers("probabilities"));
  EXPECT_LT(d.mean, 0.005);
  EXPECT_LT(d.largest, 0.03);
}

TEST(RandomForestTest, TendsToScikitLearnsProbabilitiesWithWeights) {
  Recorded oracle = recorded();
  oracle.train.weights = oracle.numbers("weights");
  const auto fitted = fit_random_forest(oracle.train.view(), of_classes(3, 5, 2), {.n_estimators = kManyTrees});
  const auto got = fitted.trees->predict_probabilities(oracle.test).values;
  const Difference d = difference(got, oracle.numbers("weighted"));
  EXPECT_LT(d.mean, 0.005);
  EXPECT_LT(d.largest, 0.03);
  EXPECT_GT(difference(got, oracle.numbers("probabilities")).mean, 0.005) << "weights make no difference";
}

// Over twelve seeds the mean lies between 0.0052 and 0.0069, the largest between 0.021 and 0.041.
TEST(RandomForestTest, TendsToScikitLearnsNumbers) {
  Recorded oracle = recorded();
  oracle.train.values = oracle.numbers("values");
  const auto fitted =
      fit_random_forest(oracle.train.view(), of_classes(0, 1, 2), {.n_estimators = kManyTreesOfNumbers});
  const Difference d = difference(fitted.trees->predict_values(oracle.test), oracle.numbers("predicted_values"));
  EXPECT_LT(d.mean, 0.01);
  EXPECT_LT(d.largest, 0.04);
}

// Of 100 trees, as many as by default. 50 forests of scikit-learn's have a mean R² of 0.7768 with a standard deviation
// of 0.0044, so that by chance alone two such means differ by more than 0.004 less than once in 100,000. Without the
// bootstrap it is 0.731, with two columns tried at a node 0.760.
TEST(RandomForestTest, ExplainsAsMuchOfNumbersAsScikitLearns) {
  Recorded oracle = recorded();
  oracle.train.values = oracle.numbers("values");
  const auto want = oracle.numbers("r2_of_100_trees");
  const auto truth = oracle.numbers("test_values");
  double mean = 0.0;
  for (std::size_t seed = 0; seed < want.size(); ++seed) {
    const auto fitted = fit_random_forest(oracle.train.view(), of_classes(0, seed, 2));
    mean += evaluation::score_values(truth, fitted.trees->predict_values(oracle.test)).r2 /
            static_cast<double>(want.size());
  }
  EXPECT_NEAR(mean, std::accumulate(want.begin(), want.end(), 0.0) / static_cast<double>(want.size()), 0.004);
  RecordProperty("mean_r2", std::to_string(mean));
}

TEST(RandomForestTest, GivesTheSameBytesOfNumbersForTheSameSeedWhateverTheThreads) {
  Recorded oracle = recorded();
  oracle.train.values = oracle.numbers("values");
  const auto bytes = [&](std::uint64_t seed, int n_threads) {
    return fit_random_forest(oracle.train.view(), of_classes(0, seed, n_threads)).trees->to_bytes();
  };
  EXPECT_EQ(bytes(5, 1), bytes(5, 4));
  EXPECT_NE(bytes(5, 1), bytes(6, 1));
}

TEST(RandomForestTest, IsTheSameWhateverTheNumberOfThreads) {
  const Rows rows = exclusive_or(500, 1);
  const auto one = fit_random_forest(rows.view(), of_classes(2, 1, 1));
  const auto four = fit_random_forest(rows.view(), of_classes(2, 1, 4));
  EXPECT_EQ(one.trees->to_bytes(), four.trees->to_bytes());
}

TEST(RandomForestTest, KeepsItsShapeUnderAForgedChecksum) {
  // Every byte of the content wrong in its turn and the checksum right again: loads and predicts, or throws.
  const Rows rows = exclusive_or(40, 1);
  const std::string good = fit_random_forest(rows.view(), of_classes(3), {.n_estimators = 3}).trees->to_bytes();
  const auto seal = [](std::string bytes) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    bytes.append(reinterpret_cast<const char*>(&hash), sizeof hash);
    return bytes;
  };
  const std::string content = good.substr(0, good.size() - 8);
  ASSERT_EQ(seal(content), good);
  std::size_t n_refused = 0;
  for (std::size_t i = 0; i < content.size(); ++i) {
    for (const int flip : {0x01, 0x80, 0xff}) {
      std::string bad = content;
      bad[i] = static_cast<char>(bad[i] ^ flip);
      try {
        const auto loaded = ensemble_from_bytes(seal(bad));
        if (loaded->n_classes() > 0 && loaded->n_columns() == 3) loaded->predict_probabilities(rows.features);
      } catch (const std::runtime_error&) {
        ++n_refused;
      }
    }
    EXPECT_THROW(ensemble_from_bytes(seal(content.substr(0, i))), std::runtime_error);
  }
  EXPECT_GT(n_refused, content.size() / 4);
}

TEST(RandomForestTest, SplitsUntilTrainingRowsAreTold) {
  std::mt19937_64 random(9);
  Rows rows;
  for (int i = 0; i < 1000; ++i) rows.add({uniform(random), uniform(random)}, static_cast<int>(random() % 3));
  EXPECT_GT(accuracy(*fit_random_forest(rows.view(), of_classes(3)).trees, rows), 0.99);
}

TEST(RandomForestTest, GrowsAChainAsDeepAsItsRowsWithoutEnd) {
  Rows rows;
  for (int i = 0; i < 20000; ++i) {
    rows.add({static_cast<float>(i)}, 0);
    rows.values.push_back(std::exp(-0.03 * i));
  }
  const auto fitted = fit_random_forest(rows.view(), of_classes(0), {.n_estimators = 2});
  EXPECT_EQ(ensemble_from_bytes(fitted.trees->to_bytes())->n_nodes(), fitted.trees->n_nodes());
}

}  // namespace random_forest_test
}  // namespace hitscope::models::classical::trees
