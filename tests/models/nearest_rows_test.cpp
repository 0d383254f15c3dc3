// Nearest neighbours and Tomek links.
#include "models/data/resampling.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

namespace hitscope::models::data {
namespace nearest_rows_test {

/// What nearest_neighbors promises, by looking at every pair.
std::vector<std::size_t> neighbors_by_force(const Matrix& m, std::size_t k) {
  std::vector<std::size_t> neighbors;
  for (std::size_t row = 0; row < m.n_rows; ++row) {
    std::vector<std::pair<double, std::size_t>> others;
    for (std::size_t other = 0; other < m.n_rows; ++other) {
      double squares = 0.0;
      for (std::size_t c = 0; c < m.n_columns; ++c) {
        const double d = static_cast<double>(m.values[row * m.n_columns + c]) - m.values[other * m.n_columns + c];
        squares += d * d;
      }
      if (other != row) others.emplace_back(squares, other);
    }
    std::sort(others.begin(), others.end());
    for (std::size_t i = 0; i < k; ++i) neighbors.push_back(others[i].second);
  }
  return neighbors;
}

TEST(NearestNeighborsTest, TiesGoToTheLowerRowOnGridsAndAmongEqualRows) {
  std::mt19937_64 random(2);
  for (int round = 0; round < 60; ++round) {
    const std::size_t n_columns = 1 + random() % 4;
    const std::size_t n_rows = 2 + random() % 120;
    const std::uint64_t n_values = 1 + random() % 6;  // 1: all rows are equal
    Matrix m{n_rows, n_columns, {}};
    for (std::size_t i = 0; i < n_rows * n_columns; ++i) {
      m.values.push_back(static_cast<float>(random() % n_values) * 0.1F - (random() % 2 == 0 ? 0.0F : -0.0F));
    }
    const std::size_t k = 1 + random() % std::min<std::size_t>(n_rows - 1, 7);
    ASSERT_EQ(nearest_neighbors(m, static_cast<int>(k)), neighbors_by_force(m, k)) << "round " << round;
  }
}

TEST(NearestNeighborsTest, HugeAndTinyNumbersAreToldApart) {
  const float most = std::numeric_limits<float>::max();
  const float least = std::numeric_limits<float>::denorm_min();
  const Matrix m{7, 2, {most, most, -most, most, 0, least, 0, 0, least, 0, 1, -1, most, -most}};
  EXPECT_EQ(nearest_neighbors(m, 6), neighbors_by_force(m, 6));
}

TEST(NearestNeighborsTest, RowsWithoutColumnsAreAllEqual) {
  EXPECT_EQ(nearest_neighbors({3, 0, {}}, 2), (std::vector<std::size_t>{1, 2, 0, 2, 0, 1}));
}

TEST(NearestNeighborsTest, BrokenPromisesAreNamed) {
  const Matrix m{3, 1, {1, 2, 3}};
  EXPECT_THROW(nearest_neighbors(m, 0), std::invalid_argument);
  EXPECT_THROW(nearest_neighbors(m, 3), std::invalid_argument);
  EXPECT_THROW(nearest_neighbors({}, 1), std::invalid_argument);
  EXPECT_THROW(nearest_neighbors({2, 1, {1, NAN}}, 1), std::invalid_argument);
  EXPECT_THROW(nearest_neighbors({2, 1, {1, HUGE_VALF}}, 1), std::invalid_argument);
}

TEST(TomekLinksTest, EachOthersNearestOfTwoClassesAreOne) {
  // 0 and 1 are each other's nearest; 2's nearest is 1, but 1's is not 2; 3 and 4 are of one class.
  EXPECT_EQ(tomek_links({5, 1, {0, 1, 2.5, 10, 11}}, std::vector<int>{0, 1, 0, 1, 1}),
            (std::vector<bool>{true, true, false, false, false}));
  EXPECT_EQ(tomek_links({2, 1, {4, 4}}, std::vector<int>{0, 1}), (std::vector<bool>{true, true}));
  EXPECT_EQ(tomek_links({1, 1, {4}}, std::vector<int>{0}), (std::vector<bool>{false}));
  EXPECT_TRUE(tomek_links({}, {}).empty());
  EXPECT_THROW(tomek_links({1, 1, {4}}, {}), std::invalid_argument);
}

}  // namespace nearest_rows_test
}  // namespace hitscope::models::data
