// Leaks through features and resampling, made as notebooks make them.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "tests/support/audit_tables.h"

namespace hitscope::models {
namespace audit_leaks_test {

using tests::at_random;
using tests::by_artist;
using tests::find;
using tests::in_parts;
using tests::set_classes;
using tests::song_table;
using tests::SongTable;
using tests::text_of;

/// Copies of a row, or, with `other`, a row `share` of the way to it.
void append_row(SongTable& songs, std::size_t row, std::size_t other, double share) {
  for (auto& column : songs.table.numeric) {
    column.values.push_back(column.values[row] + share * (column.values[other] - column.values[row]));
  }
  for (auto& column : songs.table.categorical) column.values.push_back(std::string(column.values[row]));
  songs.artists.push_back(std::string(songs.artists[row]));
  songs.values.push_back(songs.values[row]);
  songs.targets.push_back(songs.targets[row]);
}

/// A table whose classes have 70, 20 and 10 % of the rows.
SongTable imbalanced(std::size_t n_rows, std::uint64_t seed) {
  SongTable songs = song_table(n_rows, seed);
  auto sorted = songs.values;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t row = 0; row < n_rows; ++row) {
    songs.targets[row] = songs.values[row] < sorted[n_rows * 7 / 10]   ? 0
                         : songs.values[row] < sorted[n_rows * 9 / 10] ? 1
                                                                       : 2;
  }
  return songs;
}

/// Every class to the size of the largest, by copies or by SMOTE with five neighbours in raw or standardised columns.
void over_sample(SongTable& songs, bool smote, bool standardised) {
  std::mt19937_64 random(99);
  const auto weight = [&](const data::NumericColumn& column) {
    if (!standardised) return 1.0;
    const auto n = static_cast<double>(column.values.size());
    const double mean = std::accumulate(column.values.begin(), column.values.end(), 0.0) / n;
    double squares = 0.0;
    for (const double value : column.values) squares += (value - mean) * (value - mean);
    return n / squares;
  };
  std::vector<double> weights;
  for (const auto& column : songs.table.numeric) weights.push_back(weight(column));
  std::vector<std::vector<std::size_t>> members(3);
  for (std::size_t row = 0; row < songs.targets.size(); ++row) members[songs.targets[row]].push_back(row);
  for (const auto& rows : members) {
    for (std::size_t n = rows.size(); n < members[0].size(); ++n) {
      const std::size_t row = rows[random() % rows.size()];
      std::vector<std::pair<double, std::size_t>> near;
      for (const std::size_t other : rows) {
        double distance = 0.0;
        for (std::size_t c = 0; c < weights.size(); ++c) {
          const auto& values = songs.table.numeric[c].values;
          distance += weights[c] * (values[other] - values[row]) * (values[other] - values[row]);
        }
        if (other != row) near.emplace_back(distance, other);
      }
      std::partial_sort(near.begin(), near.begin() + 5, near.end());
      const double share = static_cast<double>(random() % 1000) / 1000.0;
      append_row(songs, row, smote ? near[random() % 5].second : row, smote ? share : 0.0);
    }
  }
}

TEST(AuditLeaksTest, FindsTheTargetsOwnColumn) {
  SongTable songs = song_table(2000, 1);
  songs.table.numeric.push_back({"measure", songs.values});
  const data::Split split = by_artist(songs, 1);
  for (const data::Split* which : {&split, static_cast<const data::Split*>(nullptr)}) {
    const auto findings = audit(songs.input(which));
    ASSERT_EQ(findings.size(), 1U) << text_of(findings);
    EXPECT_EQ(findings[0].rule, evaluation::AuditRule::kTargetCopy);
    EXPECT_EQ(findings[0].severity, evaluation::Severity::kLeak);
    EXPECT_EQ(findings[0].subject, "measure");
  }
}

TEST(AuditLeaksTest, FindsCopiesOfTheClassWithoutTheNumbersBehindIt) {
  SongTable songs = song_table(2000, 2);
  songs.table.numeric.push_back({"code", {}});
  songs.table.numeric.push_back({"measure", songs.values});
  songs.table.numeric.push_back({"gaps", {}});
  songs.table.categorical.push_back({"label", {}});
  for (std::size_t row = 0; row < 2000; ++row) {
    songs.table.numeric[9].values.push_back(static_cast<double>((songs.targets[row] * 2) % 5));
    songs.table.categorical[1].values.push_back(songs.class_names[songs.targets[row]]);
    songs.table.numeric[11].values.push_back(songs.targets[row] == 2 ? NAN : songs.targets[row] + 0.0);
  }
  const data::Split split = by_artist(songs, 2);
  for (const data::Split* which : {&split, static_cast<const data::Split*>(nullptr)}) {
    evaluation::AuditInput input = songs.input(which);
    input.target_values = {};
    const auto findings = audit(input);
    ASSERT_EQ(findings.size(), 4U) << text_of(findings);
    for (const char* name : {"code", "measure", "gaps", "label"}) {
      const evaluation::Finding* finding = find(findings, evaluation::AuditRule::kTargetCopy, name);
      ASSERT_NE(finding, nullptr) << name << text_of(findings);
      EXPECT_EQ(finding->severity, evaluation::Severity::kLeak);
    }
  }
}

TEST(AuditLeaksTest, FindsACopyOfAClassThatOneRowInAHundredHas) {
  SongTable songs = song_table(6000, 3);
  auto sorted = songs.values;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t row = 0; row < 6000; ++row) songs.targets[row] = songs.values[row] >= sorted[5940] ? 1 : 0;
  songs.table.numeric.push_back({"measure", songs.values});
  const data::Split split = by_artist(songs, 3);
  evaluation::AuditInput input = songs.input(&split);
  input.n_classes = 2;
  input.target_values = {};
  const auto findings = audit(input);
  ASSERT_EQ(findings.size(), 1U) << text_of(findings);
  EXPECT_EQ(findings[0].subject, "measure");
  EXPECT_EQ(findings[0].rule, evaluation::AuditRule::kTargetCopy);
}

TEST(AuditLeaksTest, FindsMonotoneCopiesOfTheNumericTarget) {
  SongTable songs = song_table(2000, 4);
  auto sorted = songs.values;
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  songs.table.numeric.push_back({"place", {}});
  songs.table.numeric.push_back({"logarithm", {}});
  songs.table.categorical.push_back({"written", {}});
  for (const double value : songs.values) {
    const auto place = std::find(sorted.begin(), sorted.end(), value) - sorted.begin() + 1;
    songs.table.numeric[9].values.push_back(static_cast<double>(place));
    songs.table.numeric[10].values.push_back(std::log(value + 100.0));
    songs.table.categorical[1].values.push_back(place > 1000 ? "1," + std::to_string(place).substr(1)
                                                             : std::to_string(place));
  }
  const data::Split split = by_artist(songs, 4);
  evaluation::AuditInput input = songs.input(&split);
  for (const bool classes : {true, false}) {
    if (!classes) input.targets = {};
    const auto findings = audit(input);
    for (const char* name : {"place", "logarithm", "written"}) {
      const evaluation::Finding* finding = find(findings, evaluation::AuditRule::kMonotoneCopy, name);
      ASSERT_NE(finding, nullptr) << name << text_of(findings);
      EXPECT_EQ(finding->severity, evaluation::Severity::kLeak);
    }
    EXPECT_EQ(findings.size(), 3U) << text_of(findings);
  }
}

TEST(AuditLeaksTest, FindsACategoryThatDeterminesTheNumericTarget) {
  SongTable songs = song_table(2000, 5);
  songs.table.categorical.push_back({"grade", {}});
  for (auto& value : songs.values) {
    value = std::round(value / 5.0) * 5.0;
    songs.table.categorical[1].values.push_back("g" + std::to_string(static_cast<int>(value) * 7 % 31));
  }
  evaluation::AuditInput input = songs.input(nullptr);
  input.targets = {};
  const auto findings = audit(input);
  ASSERT_EQ(findings.size(), 1U) << text_of(findings);
  EXPECT_EQ(findings[0].rule, evaluation::AuditRule::kMonotoneCopy);
  EXPECT_EQ(findings[0].subject, "grade");
}

TEST(AuditLeaksTest, WarnsOfAStrongFeatureWithItsNumbers) {
  SongTable songs = song_table(2000, 6);
  std::mt19937_64 random(6);
  songs.table.categorical.push_back({"mood", {}});
  for (const int target : songs.targets) {
    const auto c = static_cast<std::size_t>(random() % 10 < 7 ? target : static_cast<int>(random() % 3));
    songs.table.categorical[1].values.push_back(songs.class_names[c]);
  }
  const data::Split split = by_artist(songs, 6);
  const auto findings = audit(songs.input(&split));
  ASSERT_EQ(findings.size(), 1U) << text_of(findings);
  EXPECT_EQ(findings[0].rule, evaluation::AuditRule::kStrongFeature);
  EXPECT_EQ(findings[0].severity, evaluation::Severity::kWarning);
  EXPECT_TRUE(evaluation::is_clean(findings));
}

TEST(AuditLeaksTest, FindsLabelsThatAreSortedByRow) {
  SongTable songs = song_table(2000, 7);
  std::sort(songs.values.begin(), songs.values.end());
  set_classes(songs);
  songs.table.numeric.clear();
  evaluation::AuditInput input = songs.input(nullptr);
  auto findings = audit(input);
  ASSERT_EQ(findings.size(), 1U) << text_of(findings);
  EXPECT_EQ(findings[0].rule, evaluation::AuditRule::kRowOrder);
  EXPECT_EQ(findings[0].severity, evaluation::Severity::kWarning);
  std::vector<std::string> parts(2000, "train");
  std::fill(parts.begin() + 1000, parts.begin() + 1400, "test");
  parts[3] = "validation";
  const data::Split split = in_parts(parts);
  input.split = &split;
  input.groups = {};
  findings = audit(input);
  const evaluation::Finding* leak = find(findings, evaluation::AuditRule::kRowOrder, "row number");
  ASSERT_NE(leak, nullptr);
  EXPECT_EQ(leak->severity, evaluation::Severity::kLeak);
}

TEST(AuditLeaksTest, FindsAnIndexAmongTheFeatures) {
  SongTable songs = song_table(2000, 8);
  data::NumericColumn index{"Unnamed: 0", std::vector<double>(2000)};
  std::iota(index.values.begin(), index.values.end(), 0.0);
  songs.table.numeric.push_back(index);
  auto findings = audit(songs.input(nullptr));
  ASSERT_EQ(findings.size(), 1U) << text_of(findings);
  EXPECT_EQ(findings[0].severity, evaluation::Severity::kWarning);
  EXPECT_EQ(findings[0].rule, evaluation::AuditRule::kRowOrder);
  // Sorted by class, not by value: the index is no monotone copy.
  for (std::size_t row = 0; row < 2000; ++row) songs.targets[row] = row < 700 ? 2 : row < 1500 ? 0 : 1;
  const data::Split split = at_random(songs, 8);
  findings = audit(songs.input(&split));
  const evaluation::Finding* leak = find(findings, evaluation::AuditRule::kRowOrder, "Unnamed: 0");
  ASSERT_NE(leak, nullptr) << text_of(findings);
  EXPECT_EQ(leak->severity, evaluation::Severity::kLeak);
}

TEST(AuditLeaksTest, FindsRandomOverSamplingBeforeTheSplit) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SongTable songs = imbalanced(1000, seed);
    over_sample(songs, false, false);
    const data::Split split = at_random(songs, seed);
    const auto findings = audit(songs.input(&split));
    const evaluation::Finding* finding = find(findings, evaluation::AuditRule::kResampledCopies);
    ASSERT_NE(finding, nullptr) << text_of(findings);
    EXPECT_EQ(finding->severity, evaluation::Severity::kLeak);
    EXPECT_EQ(finding->subject, "'high'");
    EXPECT_NE(finding->detail.find("exactly 700 rows"), std::string::npos) << finding->detail;
    EXPECT_NE(find(findings, evaluation::AuditRule::kDuplicateOverlap, "feature row"), nullptr);
  }
}

TEST(AuditLeaksTest, AllowsTrainingRowsThatWereDrawnAgain) {
  SongTable songs = imbalanced(1000, 2);
  const data::Split before = by_artist(songs, 2);
  std::vector<std::string> parts;
  for (std::size_t row = 0; row < 1000; ++row) parts.emplace_back(to_string(before.part(row)));
  for (std::size_t row = 0; row < 1000; ++row) {
    for (int i = 0; i < 5 && parts[row] == "train" && songs.targets[row] == 2; ++i) {
      append_row(songs, row, row, 0.0);
      parts.emplace_back("train");
    }
  }
  const data::Split split = in_parts(parts);
  EXPECT_TRUE(audit(songs.input(&split)).empty()) << text_of(audit(songs.input(&split)));
}

TEST(AuditLeaksTest, FindsSmoteBeforeTheSplit) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    for (const bool standardised : {false, true}) {
      for (const double rounding : {0.0, 1e-5}) {
        SongTable songs = imbalanced(1000, seed);
        over_sample(songs, true, standardised);
        for (auto& column : songs.table.numeric) {
          for (auto& value : column.values) value = rounding > 0.0 ? std::round(value / rounding) * rounding : value;
        }
        const data::Split split = at_random(songs, seed);
        const auto findings = audit(songs.input(&split));
        const evaluation::Finding* finding = find(findings, evaluation::AuditRule::kInterpolatedRows);
        ASSERT_NE(finding, nullptr) << seed << standardised << rounding << text_of(findings);
        EXPECT_EQ(finding->severity, evaluation::Severity::kLeak) << finding->detail;
      }
    }
  }
}

}  // namespace audit_leaks_test
}  // namespace hitscope::models
