#include "ingest/tables/id_set.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <stdexcept>
#include <string>
#include <unordered_map>

namespace hitscope::ingest::tables {
namespace id_set_test {

TEST(IdSetTest, ReturnsTheRowOfTheFirstIdEqualToThisOne) {
  IdSet ids;
  EXPECT_EQ(ids.insert("a", 2), std::nullopt);
  EXPECT_EQ(ids.insert("b", 3), std::nullopt);
  EXPECT_EQ(ids.insert("a", 4), 2U);
  EXPECT_EQ(ids.insert("a", 5), 2U) << "the first, not the last";
  EXPECT_EQ(ids.insert("A", 6), std::nullopt);
  EXPECT_EQ(ids.insert("", 7), std::nullopt);
  EXPECT_EQ(ids.insert("", 8), 7U);
  EXPECT_EQ(ids.insert(std::string_view("a\0", 2), 9), std::nullopt);
  EXPECT_EQ(ids.size(), 5U);
}

TEST(IdSetTest, RefusesRowZeroAndTakesTheLastRow) {
  IdSet ids;
  EXPECT_THROW(ids.insert("a", 0), std::invalid_argument);
  const std::uint32_t last = std::numeric_limits<std::uint32_t>::max();
  EXPECT_EQ(ids.insert("a", last), std::nullopt);
  EXPECT_EQ(ids.insert("a", last), last);
}

TEST(IdSetTest, AgreesWithTheStandardMapWhileItGrows) {
  std::mt19937 random(7);
  IdSet ids;
  std::unordered_map<std::string, std::uint32_t> map;
  for (std::uint32_t row = 1; row <= 200'000; ++row) {
    const std::string id = "track-" + std::to_string(random() % 100'000);
    const auto [first, is_new] = map.emplace(id, row);
    const auto got = ids.insert(id, row);
    ASSERT_EQ(got, is_new ? std::nullopt : std::optional(first->second)) << id;
  }
  EXPECT_EQ(ids.size(), map.size());
}

TEST(IdSetTest, HoldsAMillionIdsInUnderFortyMegabytes) {
  IdSet ids;
  EXPECT_EQ(ids.n_bytes(), 0U);
  for (std::uint32_t row = 1; row <= 1'000'000; ++row) ASSERT_FALSE(ids.insert(std::to_string(row), row));
  EXPECT_EQ(ids.size(), 1'000'000U);
  EXPECT_LT(ids.n_bytes(), 40'000'000U);
}

}  // namespace id_set_test
}  // namespace hitscope::ingest::tables
