// What is on both sides of a split, and how much of it there must be to matter.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/audit_tables.h"

namespace hitscope::models {
namespace audit_overlap_test {

using tests::at_random;
using tests::by_artist;
using tests::find;
using tests::in_parts;
using tests::song_table;
using tests::SongTable;
using tests::text_of;

/// Of n_rows songs, each by an artist of its own, the last fifth tests and the fifth before it validates.
struct OneSongEach {
  SongTable songs;
  data::Split split;

  explicit OneSongEach(std::size_t n_rows) : songs(song_table(n_rows, 3)), split(in_parts(parts_of(n_rows))) {
    for (std::size_t row = 0; row < n_rows; ++row) songs.artists[row] = "artist " + std::to_string(row);
  }
  static std::vector<std::string> parts_of(std::size_t n_rows) {
    std::vector<std::string> parts;
    for (std::size_t row = 0; row < n_rows; ++row) {
      parts.emplace_back(row * 5 < n_rows * 3 ? "train" : row * 5 < n_rows * 4 ? "validation" : "test");
    }
    return parts;
  }
};

TEST(AuditOverlapTest, WarnsOfCreditedArtistsThatTrainingKnowsUnderAnotherCell) {
  const SongTable songs = song_table(8, 1);
  const std::vector<std::string> groups{
      "Ingrid Michaelson;ZAYN", "Adele", "Drake", "Sia", "ZAYN", "Adele", "Kesha", "Drake;Sia"};
  const std::vector<std::vector<std::string>> credits{
      {"Ingrid Michaelson", "ZAYN"}, {"Adele"}, {"Drake"}, {"Sia"}, {"ZAYN"}, {"Adele"}, {"Kesha"}, {"Drake", "Sia"}};
  const data::Split split = in_parts({"train", "train", "train", "validation", "test", "test", "test", "test"});
  evaluation::AuditInput input = songs.input(&split);
  input.groups = groups;
  input.credits = credits;
  const auto findings = audit(input);
  const evaluation::Finding* credited = find(findings, evaluation::AuditRule::kGroupOverlap, "artist (credited)");
  ASSERT_NE(credited, nullptr) << text_of(findings);
  EXPECT_EQ(credited->severity, evaluation::Severity::kWarning);
  // Not the row of Adele, whose whole group is on both sides: that is the other finding.
  EXPECT_EQ(credited->detail.rfind("2 test rows (50 %) have a new 'artist'", 0), 0U) << credited->detail;
  EXPECT_NE(credited->detail.find("'ZAYN', 'Drake'"), std::string::npos) << credited->detail;
  const evaluation::Finding* whole = find(findings, evaluation::AuditRule::kGroupOverlap, "artist");
  ASSERT_NE(whole, nullptr);
  EXPECT_EQ(whole->detail.rfind("1 test row (25 %) share 'artist'", 0), 0U) << whole->detail;
  input.by_time = true;
  const auto later = audit(input);
  ASSERT_NE(find(later, evaluation::AuditRule::kGroupOverlap, "artist (credited)"), nullptr);
  EXPECT_EQ(find(later, evaluation::AuditRule::kGroupOverlap, "artist (credited)")->severity,
            evaluation::Severity::kNote);
}

TEST(AuditOverlapTest, IsSilentWhereEveryCreditedArtistIsOnOneSide) {
  const SongTable songs = song_table(6, 1);
  const std::vector<std::string> groups{"A;B", "B", "A", "C;D", "D", "C"};
  const std::vector<std::vector<std::string>> credits{{"A", "B"}, {"B"}, {"A"}, {"C", "D"}, {"D"}, {"C"}};
  const data::Split split = in_parts({"train", "train", "validation", "test", "test", "test"});
  evaluation::AuditInput input = songs.input(&split);
  input.groups = groups;
  input.credits = credits;
  EXPECT_EQ(find(audit(input), evaluation::AuditRule::kGroupOverlap, "artist (credited)"), nullptr);
  const std::vector<std::vector<std::string>> too_few(3);
  input.credits = too_few;
  EXPECT_THROW((void)audit(input), std::invalid_argument);
}

TEST(AuditOverlapTest, GradesOverlapsByTheShareOfTestRowsTheyTouch) {
  // Of 400 test rows one is 0.25 % and two are 0.5 %.
  for (const std::size_t n_shared : {1U, 2U}) {
    OneSongEach made(2000);
    std::vector<std::string> keys(2000);
    for (std::size_t i = 0; i < n_shared; ++i) {
      made.songs.artists[1999 - i] = made.songs.artists[i];
      keys[i] = keys[1999 - i] = "song " + std::to_string(i);
      for (auto& column : made.songs.table.numeric) column.values[1999 - i] = column.values[i];
    }
    evaluation::AuditInput input = made.songs.input(&made.split);
    input.identities = {{"song", keys, "--drop-duplicates song"}};
    const auto findings = audit(input);
    ASSERT_EQ(findings.size(), 3U) << text_of(findings);
    for (const evaluation::Finding& finding : findings) {
      EXPECT_EQ(finding.severity, n_shared == 1 ? evaluation::Severity::kWarning : evaluation::Severity::kLeak)
          << text_of(findings);
      EXPECT_EQ(finding.detail.find("too few") != std::string::npos, n_shared == 1) << finding.detail;
    }
    EXPECT_EQ(evaluation::is_clean(findings), n_shared == 1);
    const evaluation::Finding* song = find(findings, evaluation::AuditRule::kDuplicateOverlap, "song");
    ASSERT_NE(song, nullptr);
    EXPECT_TRUE(song->detail.ends_with("; --drop-duplicates song")) << song->detail;
  }
}

TEST(AuditOverlapTest, NamesRowsByTheirNumbersInTheFile) {
  OneSongEach made(500);
  for (auto& column : made.songs.table.numeric) column.values[450] = column.values[0];
  std::vector<std::size_t> numbers;
  for (std::size_t row = 0; row < 500; ++row) numbers.push_back(2 * row + 2);
  evaluation::AuditInput input = made.songs.input(&made.split);
  input.row_numbers = numbers;
  input.mend_copies = "leave one of them out";
  const auto findings = audit(input);
  ASSERT_EQ(findings.size(), 1U) << text_of(findings);
  EXPECT_NE(findings[0].detail.find("(rows 902)"), std::string::npos) << findings[0].detail;
  EXPECT_TRUE(findings[0].detail.ends_with("; leave one of them out")) << findings[0].detail;
}

TEST(AuditOverlapTest, AllowsKnownArtistsButNotKnownSongsWhereTheSplitIsByTime) {
  const SongTable songs = song_table(1000, 5);
  const data::Split split = at_random(songs, 5);
  std::vector<std::string> isrcs(1000);
  const std::size_t train = split.rows(data::Part::kTrain)[0];
  for (const std::size_t test : split.rows(data::Part::kTest)) isrcs[train] = isrcs[test] = "USRC17607839";
  evaluation::AuditInput input = songs.input(&split);
  input.identities = {{"ISRC", isrcs}};
  input.by_time = true;
  const auto findings = audit(input);
  const evaluation::Finding* artists = find(findings, evaluation::AuditRule::kGroupOverlap);
  ASSERT_NE(artists, nullptr);
  EXPECT_EQ(artists->severity, evaluation::Severity::kWarning);
  EXPECT_NE(artists->detail.find("already known"), std::string::npos) << artists->detail;
  EXPECT_EQ(artists->detail.find("split by it"), std::string::npos) << artists->detail;
  const evaluation::Finding* songs_shared = find(findings, evaluation::AuditRule::kDuplicateOverlap, "ISRC");
  ASSERT_NE(songs_shared, nullptr);
  EXPECT_EQ(songs_shared->severity, evaluation::Severity::kLeak);
}

TEST(AuditOverlapTest, LeavesRowsThatAFoldDoesNotUseOnNoSide) {
  const SongTable songs = song_table(400, 6);
  std::vector<double> times;
  for (std::size_t row = 0; row < 400; ++row) times.push_back(static_cast<double>(row));
  const auto folds = data::Split::k_fold(data::SplitKind::kTemporal, {.times = times}, 4, {});
  std::vector<std::string> keys(400);
  for (const std::size_t row : folds[0].rows(data::Part::kUnused)) keys[row] = "song";
  ASSERT_FALSE(folds[0].rows(data::Part::kUnused).empty());
  keys[folds[0].rows(data::Part::kTest)[0]] = "song";
  evaluation::AuditInput input = songs.input(&folds[0]);
  input.groups = {};
  input.identities = {{"song", keys}};
  const auto findings = audit(input);
  EXPECT_EQ(find(findings, evaluation::AuditRule::kDuplicateOverlap), nullptr) << text_of(findings);
}

}  // namespace audit_overlap_test
}  // namespace hitscope::models
