#include "ingest/tables/column_roles.h"

#include <gtest/gtest.h>

namespace hitscope::ingest::tables {
namespace column_roles_test {

using Header = std::vector<std::string>;

TEST(ColumnRolesTest, FindsNamesWhateverTheirCaseAndSeparators) {
  EXPECT_EQ(find_role({"x", "Release Date"}, ColumnRole::kReleaseDate), 1U);
  EXPECT_EQ(find_role({"Track-ID"}, ColumnRole::kId), 0U);
  EXPECT_EQ(find_role({"DURATION_MS"}, ColumnRole::kDuration), 0U);
  EXPECT_EQ(find_role({"track  id"}, ColumnRole::kId), 0U);
  EXPECT_EQ(find_role({"trackId"}, ColumnRole::kId), 0U);
  EXPECT_EQ(find_role({"TRACKID"}, ColumnRole::kId), 0U);
  EXPECT_EQ(find_role({"Track Name", "Artist Name(s)"}, ColumnRole::kArtist), 1U);
  EXPECT_EQ(find_role({"identity"}, ColumnRole::kId), std::nullopt);
  EXPECT_EQ(find_role({"artist_id", "Artist Name(s)"}, ColumnRole::kArtist), 1U)
      << "in another spelling, but more telling";
  EXPECT_EQ(find_role({}, ColumnRole::kGenre), std::nullopt);
}

TEST(ColumnRolesTest, TakesTheMostTellingNameNotTheFirstColumn) {
  EXPECT_EQ(find_role({"name", "track_name"}, ColumnRole::kTitle), 1U);
  EXPECT_EQ(find_role({"year", "release_date"}, ColumnRole::kReleaseDate), 1U);
  EXPECT_EQ(find_role({"isrc", "track_id"}, ColumnRole::kId), 1U);
  EXPECT_EQ(find_role({"bpm", "tempo"}, ColumnRole::kTempo), 1U);
}

TEST(ColumnRolesTest, FindsTheColumnsOfTheTablesWeKnow) {
  const Header spotify{"artist_name", "album_name",       "song_name",      "song_popularity",
                       "tempo",       "song_duration_ms", "time_signature", "song_genre"};
  const std::vector<std::pair<ColumnRole, std::optional<std::size_t>>> wanted{
      {ColumnRole::kArtist, 0},         {ColumnRole::kTitle, 2},
      {ColumnRole::kPopularity, 3},     {ColumnRole::kTempo, 4},
      {ColumnRole::kDuration, 5},       {ColumnRole::kTimeSignature, 6},
      {ColumnRole::kGenre, 7},          {ColumnRole::kId, std::nullopt},
      {ColumnRole::kUrl, std::nullopt}, {ColumnRole::kClipHash, std::nullopt}};
  for (const auto& [role, place] : wanted) EXPECT_EQ(find_role(spotify, role), place) << static_cast<int>(role);
  const Header streamed{"Track", "Album Name", "Artist", "Release Date", "ISRC", "Track Score", "Spotify Popularity"};
  EXPECT_EQ(find_role(streamed, ColumnRole::kTitle), 0U);
  EXPECT_EQ(find_role(streamed, ColumnRole::kIsrc), 4U);
  EXPECT_EQ(find_role(streamed, ColumnRole::kId), 4U);
  EXPECT_EQ(find_role(streamed, ColumnRole::kPopularity), 6U);
}

TEST(ColumnRolesTest, WritesItsOwnNamesAsItComparesThem) {
  for (int role = 0; role <= static_cast<int>(ColumnRole::kGenre); ++role) {
    const auto names = usual_names(static_cast<ColumnRole>(role));
    ASSERT_FALSE(names.empty()) << role;
    for (const std::string_view name : names) EXPECT_EQ(normalised_name(name), name);
  }
  EXPECT_THROW(usual_names(static_cast<ColumnRole>(99)), std::invalid_argument);
}

}  // namespace column_roles_test
}  // namespace hitscope::ingest::tables
