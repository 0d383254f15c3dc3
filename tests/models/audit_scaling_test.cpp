// Scaling by statistics of all rows, in a table and in what a run stored.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "tests/support/audit_tables.h"

namespace hitscope::models {
namespace {

using tests::by_artist;
using tests::in_parts;
using tests::song_table;
using tests::SongTable;
using tests::text_of;

/// Statistics as a fit on all rows of `table` has them: two more rows, which do not train, make a split of it.
TableEncoder fitted_on_all(FeatureTable table, std::vector<int> targets, const EncoderConfig& config) {
  std::vector<std::string> parts(targets.size(), "train");
  for (const char* part : {"validation", "test"}) {
    for (auto& column : table.numeric) column.values.push_back(1000.0);
    for (auto& column : table.categorical) column.values.emplace_back("pop");
    targets.push_back(0);
    parts.emplace_back(part);
  }
  return TableEncoder::fit(table, targets, in_parts(parts).training_fold(), config);
}

TEST(AuditScalingTest, FindsStatisticsOfAllRowsInARun) {
  SongTable songs = song_table(800, 9);
  for (std::size_t row = 0; row < 800; row += 7) songs.table.numeric[2].values[row] = NAN;
  const Split split = by_artist(songs, 9);
  for (const Scaling scaling : {Scaling::kStandard, Scaling::kMinMax, Scaling::kRobust}) {
    for (const Imputation imputation : {Imputation::kMean, Imputation::kMedian, Imputation::kMostFrequent}) {
      const EncoderConfig config{imputation, scaling, 0};
      const auto honest = TableEncoder::fit(songs.table, songs.targets, split.training_fold(), config);
      const auto clean = audit_statistics(songs.table, split, honest, "mlp");
      EXPECT_TRUE(clean.empty()) << text_of(clean);
      const auto leaky = fitted_on_all(songs.table, songs.targets, config);
      const auto findings = audit_statistics(songs.table, split, leaky, "mlp");
      ASSERT_EQ(findings.size(), 1U) << static_cast<int>(scaling) << static_cast<int>(imputation);
      EXPECT_EQ(findings[0].severity, Severity::kLeak);
      EXPECT_EQ(findings[0].rule, AuditRule::kScaledOnAllRows);
      EXPECT_EQ(findings[0].subject, "mlp");
    }
  }
}

TEST(AuditScalingTest, FindsATableThatWasStandardisedBeforeTheSplit) {
  for (const double ddof : {0.0, 1.0}) {
    SongTable songs = song_table(1500, 10);
    const Split split = by_artist(songs, 10);
    for (auto& column : songs.table.numeric) {
      const double mean = std::accumulate(column.values.begin(), column.values.end(), 0.0) / 1500.0;
      double squares = 0.0;
      for (const double value : column.values) squares += (value - mean) * (value - mean);
      const double deviation = std::sqrt(squares / (1500.0 - ddof));
      for (double& value : column.values) value = static_cast<double>(static_cast<float>((value - mean) / deviation));
    }
    const auto findings = audit(songs.input(&split));
    ASSERT_EQ(findings.size(), 1U) << text_of(findings);
    EXPECT_EQ(findings[0].rule, AuditRule::kScaledOnAllRows);
    EXPECT_EQ(findings[0].severity, Severity::kLeak);
    EXPECT_NE(findings[0].detail.find("'danceability'"), std::string::npos);
  }
}

TEST(AuditScalingTest, AllowsATableThatWasStandardisedByItsTrainingRows) {
  SongTable songs = song_table(1500, 11);
  const Split split = by_artist(songs, 11);
  const auto train = split.rows(Part::kTrain);
  const auto n = static_cast<double>(train.size());
  for (auto& column : songs.table.numeric) {
    double mean = 0.0;
    for (const std::size_t row : train) mean += column.values[row] / n;
    double squares = 0.0;
    for (const std::size_t row : train) squares += std::pow(column.values[row] - mean, 2);
    for (double& value : column.values) value = (value - mean) / std::sqrt(squares / n);
  }
  EXPECT_TRUE(audit(songs.input(&split)).empty()) << text_of(audit(songs.input(&split)));
}

}  // namespace
}  // namespace hitscope::models
