// Songs that a table lists more than once of itself are no over-sampling, whatever classes they make.
#include <gtest/gtest.h>

#include "tests/support/audit_tables.h"

namespace hitscope::models {
namespace audit_resampling_test {

using tests::at_random;
using tests::find;
using tests::song_table;
using tests::SongTable;
using tests::text_of;

void append_row(SongTable& songs, std::size_t row) {
  for (auto& column : songs.table.numeric) column.values.push_back(double{column.values[row]});
  for (auto& column : songs.table.categorical) column.values.push_back(std::string(column.values[row]));
  songs.artists.push_back(std::string(songs.artists[row]));
  songs.values.push_back(double{songs.values[row]});
  songs.targets.push_back(int{songs.targets[row]});
}

/// 600 rows, 100 of which are low; all others are of the two other classes.
SongTable few_low(std::uint64_t seed) {
  SongTable songs = song_table(600, seed);
  auto order = songs.values;
  std::sort(order.begin(), order.end());
  for (std::size_t row = 0; row < 600; ++row) {
    songs.targets[row] = songs.values[row] < order[100] ? 0 : songs.values[row] < order[350] ? 1 : 2;
  }
  return songs;
}

std::vector<std::size_t> low_rows(const SongTable& songs) {
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < 600; ++row) {
    if (songs.targets[row] == 0) rows.push_back(row);
  }
  return rows;
}

bool is_accused(const SongTable& songs, std::uint64_t seed) {
  const data::Split split = at_random(songs, seed);
  return find(audit(songs.input(&split)), evaluation::AuditRule::kResampledCopies) != nullptr;
}

TEST(AuditResamplingTest, AccusesARareClassThatWasDrawnToTheSizeOfTheOthers) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SongTable songs = few_low(seed);
    const auto low = low_rows(songs);
    std::mt19937_64 random(seed);
    for (int i = 0; i < 150; ++i) append_row(songs, low[random() % low.size()]);
    EXPECT_TRUE(is_accused(songs, seed)) << seed;
  }
}

TEST(AuditResamplingTest, AccusesOverSamplingOfATableThatListsSongsTwice) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SongTable songs = few_low(seed);
    // A third of all songs, a few of the rare ones up to four times.
    for (std::size_t row = 0; row < 600; row += 3) append_row(songs, row);
    for (const std::size_t row : low_rows(songs)) {
      if (row % 9 == 0) append_row(songs, row), append_row(songs, row);
    }
    std::vector<std::vector<std::size_t>> members(3);
    for (std::size_t row = 0; row < songs.targets.size(); ++row) {
      members[static_cast<std::size_t>(songs.targets[row])].push_back(row);
    }
    const std::size_t size = std::max(members[1].size(), members[2].size());
    std::mt19937_64 random(seed);
    for (const auto& rows : members) {
      for (std::size_t i = rows.size(); i < size; ++i) append_row(songs, rows[random() % rows.size()]);
    }
    EXPECT_TRUE(is_accused(songs, seed)) << seed;
  }
}

TEST(AuditResamplingTest, AccusesAClassThatWasRepeatedWhole) {
  SongTable songs = few_low(1);
  for (const std::size_t row : low_rows(songs)) append_row(songs, row), append_row(songs, row);
  EXPECT_TRUE(is_accused(songs, 1));
}

TEST(AuditResamplingTest, AllowsListingsUnderSeveralGenres) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SongTable songs = few_low(seed);
    const auto low = low_rows(songs);
    std::mt19937_64 random(seed);
    for (int i = 0; i < 150; ++i) {
      append_row(songs, low[random() % low.size()]);
      songs.table.categorical[0].values.back() = "genre " + std::to_string(i % 50);
    }
    EXPECT_FALSE(is_accused(songs, seed)) << seed;
  }
}

TEST(AuditResamplingTest, AllowsListingsOfAFewSongsOnManyAlbums) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SongTable songs = few_low(seed);
    const auto low = low_rows(songs);
    for (int i = 0; i < 150; ++i) append_row(songs, low[static_cast<std::size_t>(i % 10)]);
    EXPECT_FALSE(is_accused(songs, seed)) << seed;
  }
}

TEST(AuditResamplingTest, AllowsCopiesOfAClassThatStaysSmallOrWasLarge) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    std::mt19937_64 random(seed);
    SongTable small = few_low(seed);
    auto low = low_rows(small);
    low.resize(30);
    SongTable large = song_table(600, seed);
    std::vector<std::size_t> any = low_rows(large);
    for (int i = 0; i < 110; ++i) append_row(small, low[random() % low.size()]);
    for (int i = 0; i < 600; ++i) append_row(large, any[random() % any.size()]);
    EXPECT_FALSE(is_accused(small, seed)) << seed;
    EXPECT_FALSE(is_accused(large, seed)) << seed;
  }
}

}  // namespace audit_resampling_test
}  // namespace hitscope::models
