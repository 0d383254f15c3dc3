// The ways in which published popularity scores come to be too good, each made here and each to be found, and clean
// runs that must stay clean. The oracle is the making: no peer audits tables.
#include "models/evaluation/audit.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "tests/support/audit_tables.h"

namespace hitscope::models::evaluation {
namespace audit_test {

using tests::at_random;
using tests::by_artist;
using tests::find;
using tests::in_parts;
using tests::song_table;
using tests::SongTable;
using tests::text_of;

TEST(AuditTest, RaisesNothingOnTwentyCleanTables) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const SongTable songs = song_table(2000, seed);
    const data::Split split = by_artist(songs, seed);
    const auto findings = audit(songs.input(&split));
    EXPECT_TRUE(findings.empty()) << seed << ": " << text_of(findings);
  }
}

TEST(AuditTest, RaisesNothingOnTwentyRows) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const SongTable songs = song_table(20, seed);
    EXPECT_TRUE(audit(songs.input(nullptr)).empty()) << seed << text_of(audit(songs.input(nullptr)));
    const data::Split split = by_artist(songs, seed);
    for (const Finding& finding : audit(songs.input(&split))) {
      // A class may well be missing from four test rows.
      EXPECT_EQ(finding.rule, AuditRule::kMissingClass) << seed << ": " << finding.detail;
    }
  }
}

TEST(AuditTest, RaisesNothingWhereOnlyDiscreteColumnsMakeEqualRows) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SongTable songs = song_table(2000, seed);
    std::erase_if(songs.table.numeric, [](const data::NumericColumn& c) {
      return c.name != "key" && c.name != "mode" && c.name != "time_signature";
    });
    // Three columns of 25 values each: 15,625 kinds of rows, of which 2,000 rows share many.
    std::mt19937_64 random(seed);
    for (const char* name : {"grade", "step", "shade"}) {
      data::NumericColumn column{name, {}};
      for (std::size_t i = 0; i < 2000; ++i) column.values.push_back(static_cast<double>(random() % 25));
      songs.table.numeric.push_back(std::move(column));
    }
    const data::Split split = by_artist(songs, seed);
    EXPECT_TRUE(audit(songs.input(&split)).empty()) << seed << ": " << text_of(audit(songs.input(&split)));
  }
}

TEST(AuditTest, RaisesNothingWhereNeighboursAreInLineOnAGridOfWholeNumbers) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SongTable songs = song_table(2000, seed);
    songs.table.numeric.clear();
    std::mt19937_64 random(seed);
    for (const char* name : {"bpm", "energy", "valence", "liveness"}) {
      data::NumericColumn column{name, {}};
      for (std::size_t i = 0; i < 2000; ++i) column.values.push_back(static_cast<double>(random() % 101));
      songs.table.numeric.push_back(std::move(column));
    }
    const data::Split split = at_random(songs, seed);
    AuditInput input = songs.input(&split);
    input.groups = {};
    EXPECT_TRUE(audit(input).empty()) << seed << ": " << text_of(audit(input));
  }
}

TEST(AuditTest, AllowsSongsThatAnArtistReleasedTwice) {
  SongTable songs = song_table(2000, 4);
  for (std::size_t row = 0; row + 1 < 2000; row += 5) {
    for (auto& column : songs.table.numeric) column.values[row + 1] = column.values[row];
    songs.artists[row + 1] = songs.artists[row];
    songs.targets[row + 1] = songs.targets[row];
  }
  const data::Split split = by_artist(songs, 4);
  EXPECT_TRUE(audit(songs.input(&split)).empty()) << text_of(audit(songs.input(&split)));
}

TEST(AuditTest, TakesEmptyConstantMissingAndInfiniteColumns) {
  EXPECT_TRUE(audit({.table = data::FeatureTable{}}).empty());
  SongTable songs = song_table(300, 1);
  songs.table.numeric.push_back({"nothing", std::vector<double>(300, NAN)});
  songs.table.numeric.push_back({"same", std::vector<double>(300, 4.0)});
  songs.table.numeric.push_back({"endless", std::vector<double>(300, INFINITY)});
  songs.table.numeric[0].values[3] = INFINITY;
  songs.table.numeric[1].values[4] = -INFINITY;
  songs.table.numeric[2].values[5] = 1e300;
  songs.table.categorical.push_back({"unknown", std::vector<std::string>(300)});
  const data::Split split = by_artist(songs, 1);
  EXPECT_TRUE(audit(songs.input(&split)).empty()) << text_of(audit(songs.input(&split)));
}

TEST(AuditTest, TakesOneRow) {
  const data::FeatureTable table{{{"tempo", {120.0}}}, {{"genre", {"pop"}}}};
  const std::vector<int> targets{0};
  EXPECT_TRUE(audit({.table = table, .targets = targets, .n_classes = 1}).empty());
}

TEST(AuditTest, RefusesInputsOfDifferentLengths) {
  const data::FeatureTable table{{{"tempo", {120.0, 90.0}}}, {}};
  const std::vector<int> targets{0};
  EXPECT_THROW((void)audit({.table = table, .targets = targets, .n_classes = 2}), std::invalid_argument);
  const std::vector<int> outside{0, 2};
  EXPECT_THROW((void)audit({.table = table, .targets = outside, .n_classes = 2}), std::invalid_argument);
}

TEST(AuditTest, FindsTheSameTwiceAndSortsWorstFirst) {
  SongTable songs = song_table(1000, 3);
  songs.table.numeric.push_back({"track_score", songs.values});
  songs.table.numeric.push_back({"chart_peak", songs.table.numeric[0].values});
  const data::Split split = at_random(songs, 3);
  const auto once = audit(songs.input(&split));
  const auto twice = audit(songs.input(&split));
  EXPECT_EQ(text_of(once), text_of(twice));
  ASSERT_GE(once.size(), 3U);
  for (std::size_t i = 1; i < once.size(); ++i) EXPECT_GE(once[i - 1].severity, once[i].severity);
  EXPECT_FALSE(is_clean(once));
}

TEST(AuditTest, FindsGroupsOnBothSidesOfARandomSplit) {
  const SongTable songs = song_table(1000, 5);
  const data::Split split = at_random(songs, 5);
  const auto findings = audit(songs.input(&split));
  const Finding* finding = find(findings, AuditRule::kGroupOverlap);
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->severity, Severity::kLeak);
  EXPECT_EQ(finding->subject, "artist");
  EXPECT_NE(finding->detail.find("'artist "), std::string::npos) << finding->detail;
  EXPECT_NE(finding->detail.find(" %"), std::string::npos) << finding->detail;
}

TEST(AuditTest, CountsTestRowsThatShareAnIdentity) {
  const SongTable songs = song_table(10, 6);
  const data::Split split =
      in_parts({"train", "train", "train", "train", "validation", "train", "test", "test", "test", "test"});
  const std::vector<std::string> keys{"A", "B", "", "C", "D", "", "A", "A", "", "D"};
  AuditInput input = songs.input(&split);
  input.groups = {};
  input.identities = {{"ISRC", keys}};
  const auto findings = audit(input);
  const Finding* finding = find(findings, AuditRule::kDuplicateOverlap);
  ASSERT_NE(finding, nullptr) << text_of(findings);
  EXPECT_EQ(finding->severity, Severity::kLeak);
  EXPECT_EQ(finding->detail.rfind("3 test rows (75 %) share 'ISRC' with training or validation rows: 2 values", 0), 0U)
      << finding->detail;
}

TEST(AuditTest, FindsOneRepeatedFeatureRow) {
  SongTable songs = song_table(500, 7);
  const data::Split split = by_artist(songs, 7);
  const std::size_t from = split.rows(data::Part::kTrain)[0];
  const std::size_t to = split.rows(data::Part::kTest)[0];
  for (auto& column : songs.table.numeric) column.values[to] = column.values[from];
  const auto findings = audit(songs.input(&split));
  ASSERT_EQ(findings.size(), 1U) << text_of(findings);
  EXPECT_EQ(findings[0].rule, AuditRule::kDuplicateOverlap);
  EXPECT_EQ(findings[0].severity, Severity::kLeak);
  EXPECT_NE(findings[0].detail.find("data rows " + std::to_string(to + 1)), std::string::npos) << findings[0].detail;
}

TEST(AuditTest, NamesClassesThatAPartLacks) {
  const SongTable songs = song_table(10, 8);
  const data::Split split =
      in_parts({"train", "train", "train", "train", "validation", "train", "test", "test", "test", "test"});
  const std::vector<int> targets{0, 0, 0, 1, 1, 1, 0, 2, 0, 2};
  AuditInput input = songs.input(&split);
  input.targets = targets;
  input.n_classes = 4;
  input.class_names = {};
  input.groups = {};
  std::vector<std::string> subjects;
  for (const Finding& finding : audit(input)) {
    EXPECT_EQ(finding.rule, AuditRule::kMissingClass) << finding.detail;
    EXPECT_EQ(finding.severity, Severity::kWarning);
    subjects.push_back(finding.subject);
  }
  EXPECT_EQ(subjects, (std::vector<std::string>{"'1'", "'2'", "'3'"}));
}

TEST(AuditTest, NamesColumnsThatAreMeasuredAfterTheOutcome) {
  const SongTable songs = song_table(50, 9);
  AuditInput input = songs.input(nullptr);
  const std::vector<std::string> after{"Spotify Streams", "YouTubeViews",     "TIDALPopularity", "All Time Rank",
                                       "Track Score",     "weeks_on_chart",   "peak_position",   "Shazam Counts",
                                       "playcount",       "artist_followers", "AirPlay Spins",   "view_count",
                                       "Playlist Reach",  "TikTok Posts",     "is_hit",          "likes"};
  for (const auto& name : after) {
    input.column_names = {name};
    const auto findings = audit(input);
    ASSERT_EQ(findings.size(), 1U) << name;
    EXPECT_EQ(findings[0].rule, AuditRule::kPostOutcome);
    EXPECT_EQ(findings[0].severity, Severity::kWarning);
    EXPECT_EQ(findings[0].subject, name);
  }
  input.column_names = {
      "loudness",  "liveness", "valence",    "speechiness", "acousticness",     "time_signature", "key",
      "mode",      "tempo",    "song_genre", "duration_ms", "instrumentalness", "danceability",   "energy",
      "explicit",  "year",     "top genre",  "playful",     "peak_amplitude",   "shared",         "sharesies",
      "white",     "display",  "chartreuse", "likelihood",  "n_beats",          "play_style",     "spectral_peak",
      "frankness", "viewpoint"};
  EXPECT_TRUE(audit(input).empty()) << text_of(audit(input));
}

TEST(AuditTest, SaysWhatAHeadAlwaysAnswers) {
  std::vector<int> targets(100, 0);
  for (std::size_t i = 0; i < 30; ++i) targets[i] = 1;
  const std::vector<std::string> names{"low", "high"};
  const auto majority = audit_predictions(targets, std::vector<int>(100, 0), 0, names, "logistic");
  ASSERT_EQ(majority.size(), 1U);
  EXPECT_EQ(majority[0].severity, Severity::kWarning);
  EXPECT_EQ(majority[0].subject, "logistic");
  EXPECT_EQ(majority[0].detail.rfind("always answers 'low', like the majority baseline (70 % of 100", 0), 0U)
      << majority[0].detail;
  const auto other = audit_predictions(targets, std::vector<int>(100, 1), 0, names, "logistic");
  ASSERT_EQ(other.size(), 1U);
  EXPECT_EQ(other[0].severity, Severity::kWarning);
  std::vector<int> unhelpful(100, 0);
  unhelpful[99] = 1;
  const auto note = audit_predictions(targets, unhelpful, 0, names, "mlp");
  ASSERT_EQ(note.size(), 1U);
  EXPECT_EQ(note[0].severity, Severity::kNote);
  std::vector<int> helpful(100, 0);
  helpful[0] = 1;
  EXPECT_TRUE(audit_predictions(targets, helpful, 0, names, "mlp").empty());
  EXPECT_TRUE(audit_predictions(targets, targets, 0, names, "mlp").empty());
  EXPECT_TRUE(audit_predictions({}, {}, 0, names, "mlp").empty());
  EXPECT_THROW((void)audit_predictions(targets, std::vector<int>(3), 0, names, "mlp"), std::invalid_argument);
}

}  // namespace audit_test
}  // namespace hitscope::models::evaluation
