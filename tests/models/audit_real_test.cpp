// Real tables whose leaks are known: the popularity score and its rank among 2024's most streamed songs, and Spotify's
// audio features, which leak nothing.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "tests/support/audit_tables.h"

namespace hitscope::models {
namespace audit_real_test {

using tests::by_artist;
using tests::find;
using tests::SongTable;
using tests::text_of;

/// Records of a CSV file with quotes; the first holds the names.
std::vector<std::vector<std::string>> records_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::vector<std::vector<std::string>> records;
  std::vector<std::string> record(1);
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      record.emplace_back();
    } else if (c == '\n' && !quoted) {
      records.push_back(std::exchange(record, std::vector<std::string>(1)));
    } else if (c != '\r') {
      record.back() += c;
    }
  }
  return records;
}

std::filesystem::path data_file(const char* name) {
  const char* folder = std::getenv("HITSCOPE_DATA");
  return std::filesystem::path(folder != nullptr ? folder : HITSCOPE_DATA_DEFAULT) / name;
}

double as_number(std::string text) {
  std::erase(text, ',');
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  return text.empty() || *end != '\0' ? NAN : value;
}

/// Every column whose texts are numbers but for one in a hundred.
std::vector<data::NumericColumn> numeric_columns(const std::vector<std::vector<std::string>>& records) {
  std::vector<data::NumericColumn> columns;
  for (std::size_t c = 0; c < records[0].size(); ++c) {
    data::NumericColumn column{records[0][c], {}};
    std::size_t n_texts = 0;
    std::size_t n_numbers = 0;
    for (std::size_t row = 1; row < records.size(); ++row) {
      column.values.push_back(as_number(records[row].at(c)));
      n_texts += records[row][c].empty() ? 0 : 1;
      n_numbers += std::isnan(column.values.back()) ? 0 : 1;
    }
    if (n_numbers > 0 && n_numbers * 100 >= n_texts * 99) columns.push_back(std::move(column));
  }
  return columns;
}

std::vector<double> taken_out(std::vector<data::NumericColumn>& columns, const std::string& name) {
  const auto found = std::find_if(columns.begin(), columns.end(), [&](const auto& c) { return c.name == name; });
  auto values = found->values;
  columns.erase(found);
  return values;
}

/// 1 where a value is over the median of all, else 0.
std::vector<int> over_median(const std::vector<double>& values) {
  auto sorted = values;
  std::sort(sorted.begin(), sorted.end());
  std::vector<int> classes;
  for (const double value : values) classes.push_back(value > sorted[sorted.size() / 2] ? 1 : 0);
  return classes;
}

TEST(AuditRealDataTest, NamesScoreAndRankOfTheMostStreamedSongsAndNothingElse) {
  const auto path = data_file("most_streamed_2024/top_songs.csv");
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is absent";
  const auto records = records_of(path);
  SongTable songs;
  songs.table.numeric = numeric_columns(records);
  ASSERT_GE(songs.table.numeric.size(), 20U);
  songs.values = std::find_if(songs.table.numeric.begin(), songs.table.numeric.end(), [](const auto& c) {
                   return c.name == "Track Score";
                 })->values;
  songs.targets = over_median(songs.values);
  for (std::size_t row = 1; row < records.size(); ++row) songs.artists.push_back(records[row][2]);
  const data::Split split = by_artist(songs, 1);
  for (const bool values : {true, false}) {
    evaluation::AuditInput input = songs.input(&split);
    input.n_classes = 2;
    if (!values) input.target_values = {};
    const auto findings = audit(input);
    for (const char* name : {"Track Score", "All Time Rank"}) {
      const evaluation::Finding* finding = find(findings, evaluation::AuditRule::kTargetCopy, name);
      if (finding == nullptr) finding = find(findings, evaluation::AuditRule::kMonotoneCopy, name);
      ASSERT_NE(finding, nullptr) << name << text_of(findings);
      EXPECT_EQ(finding->severity, evaluation::Severity::kLeak);
    }
    for (const evaluation::Finding& finding : findings) {
      const bool of_two = finding.subject == "Track Score" || finding.subject == "All Time Rank";
      EXPECT_TRUE(of_two || finding.severity != evaluation::Severity::kLeak)
          << finding.subject << ": " << finding.detail;
    }
  }
  (void)taken_out(songs.table.numeric, "Track Score");
  (void)taken_out(songs.table.numeric, "All Time Rank");
  evaluation::AuditInput input = songs.input(&split);
  input.n_classes = 2;
  const auto findings = audit(input);
  EXPECT_TRUE(evaluation::is_clean(findings)) << text_of(findings);
  EXPECT_NE(find(findings, evaluation::AuditRule::kPostOutcome, "Spotify Streams"), nullptr);
  EXPECT_NE(find(findings, evaluation::AuditRule::kRowOrder, "row number"), nullptr)
      << "the file is sorted by the score";
}

TEST(AuditRealDataTest, WarnsOfTheGenreAndFindsNoLeakInSpotifysAudioFeatures) {
  const auto path = data_file("spotify_songs_20k/tracks.csv");
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is absent";
  const auto records = records_of(path);
  SongTable songs;
  songs.table.numeric = numeric_columns(records);
  songs.values = taken_out(songs.table.numeric, "song_popularity");
  ASSERT_EQ(songs.table.numeric.size(), 13U);
  songs.table.categorical.push_back({"song_genre", {}});
  for (std::size_t row = 1; row < records.size(); ++row) {
    songs.table.categorical[0].values.push_back(records[row].back());
    songs.artists.push_back(records[row][0]);
    songs.targets.push_back(songs.values[row - 1] < 34.0 ? 0 : songs.values[row - 1] < 67.0 ? 1 : 2);
  }
  const data::Split split = by_artist(songs, 1);
  const auto findings = audit(songs.input(&split));
  const evaluation::Finding* genre = find(findings, evaluation::AuditRule::kStrongFeature, "song_genre");
  ASSERT_NE(genre, nullptr) << text_of(findings);
  EXPECT_EQ(genre->severity, evaluation::Severity::kWarning);
  EXPECT_EQ(genre->detail.rfind("'song_genre' alone predicts 7", 0), 0U) << genre->detail;
  for (const evaluation::Finding& finding : findings) {
    // The same recording under the names of two artists is a leak indeed; no column is one.
    if (finding.rule == evaluation::AuditRule::kDuplicateOverlap) continue;
    EXPECT_NE(finding.severity, evaluation::Severity::kLeak) << finding.subject << ": " << finding.detail;
  }
}

}  // namespace audit_real_test
}  // namespace hitscope::models
