// Scaling by statistics of all rows, in a table and in what a run stored.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "models/data/column_statistics.h"
#include "tests/support/audit_tables.h"

namespace hitscope::models::data {
namespace audit_scaling_test {

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
      const auto clean = evaluation::audit_statistics(songs.table, split, honest, "mlp");
      EXPECT_TRUE(clean.empty()) << text_of(clean);
      const auto leaky = fitted_on_all(songs.table, songs.targets, config);
      const auto findings = evaluation::audit_statistics(songs.table, split, leaky, "mlp");
      ASSERT_EQ(findings.size(), 1U) << static_cast<int>(scaling) << static_cast<int>(imputation);
      EXPECT_EQ(findings[0].severity, evaluation::Severity::kLeak);
      EXPECT_EQ(findings[0].rule, evaluation::AuditRule::kScaledOnAllRows);
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
    EXPECT_EQ(findings[0].rule, evaluation::AuditRule::kScaledOnAllRows);
    EXPECT_EQ(findings[0].severity, evaluation::Severity::kLeak);
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

/// The continuous columns of a table, centred and divided as a fit on the rows of `parts` has it.
void scale_by(SongTable& songs, const Split& split, const std::vector<Part>& parts, Scaling scaling) {
  for (auto& column : songs.table.numeric) {
    if (column.name == "key" || column.name == "mode" || column.name == "time_signature") continue;
    std::vector<double> values;
    for (std::size_t row = 0; row < column.values.size(); ++row) {
      if (std::find(parts.begin(), parts.end(), split.part(row)) != parts.end()) values.push_back(column.values[row]);
    }
    NumberStatistics number;
    learn_scale(values, scaling, number);
    for (double& value : column.values) value = (value - number.center) / number.scale;
  }
}

const std::vector<Part> kAllParts{Part::kTrain, Part::kValidation, Part::kTest};

TEST(AuditScalingTest, FindsATableWhoseRangesOrQuartilesWereMadeBeforeTheSplit) {
  for (const Scaling scaling : {Scaling::kMinMax, Scaling::kRobust}) {
    std::size_t n_leaks = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      SongTable songs = song_table(1500, seed);
      const Split split = by_artist(songs, seed);
      scale_by(songs, split, kAllParts, scaling);
      const auto findings = audit(songs.input(&split));
      for (const evaluation::Finding& finding : findings)
        EXPECT_EQ(finding.rule, evaluation::AuditRule::kScaledOnAllRows) << finding.detail;
      n_leaks += evaluation::is_clean(findings) ? 0 : 1;
    }
    // Where the training rows hold nearly all extremes it cannot be told.
    EXPECT_GE(n_leaks, scaling == Scaling::kMinMax ? 15U : 20U);
  }
}

TEST(AuditScalingTest, AllowsATableWhoseRangesOrQuartilesAreThoseOfRowsThatDoNotTest) {
  for (const Scaling scaling : {Scaling::kMinMax, Scaling::kRobust}) {
    for (const auto& parts : {std::vector{Part::kTrain}, std::vector{Part::kTrain, Part::kValidation}}) {
      for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        SongTable songs = song_table(1500, seed);
        const Split split = by_artist(songs, seed);
        scale_by(songs, split, parts, scaling);
        EXPECT_TRUE(audit(songs.input(&split)).empty()) << seed << text_of(audit(songs.input(&split)));
      }
    }
  }
}

TEST(AuditScalingTest, SaysNothingWhereTrainingRowsHoldEveryExtreme) {
  SongTable songs = song_table(1500, 12);
  const Split split = by_artist(songs, 12);
  const auto train = split.rows(Part::kTrain);
  for (auto& column : songs.table.numeric) {
    if (column.values.size() != 1500) continue;
    const auto [least, most] = std::minmax_element(column.values.begin(), column.values.end());
    const double lowest = *least;
    const double highest = *most;
    column.values[train[0]] = lowest;
    column.values[train[1]] = highest;
  }
  scale_by(songs, split, kAllParts, Scaling::kMinMax);
  EXPECT_TRUE(audit(songs.input(&split)).empty()) << text_of(audit(songs.input(&split)));
}

TEST(AuditScalingTest, AllowsSharesFromNothingToAll) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SongTable songs = song_table(1500, seed);
    std::mt19937_64 random(seed);
    // Of 1,001 steps some share is 0 and some is 1, now and then in one test row only; of many digits, two columns.
    for (const char* name : {"speech", "live", "sung", "loud"}) {
      NumericColumn column{name, {}};
      for (std::size_t row = 0; row < 1500; ++row) column.values.push_back(static_cast<double>(random() % 1001) / 1000);
      songs.table.numeric.push_back(std::move(column));
    }
    const Split split = by_artist(songs, seed);
    const std::size_t test = split.rows(Part::kTest)[0];
    for (const char* name : {"first", "second"}) {
      NumericColumn column{name, {}};
      for (std::size_t row = 0; row < 1500; ++row)
        column.values.push_back(static_cast<double>(random() % 99991) / 99991);
      column.values[test] = *name == 'f' ? 1.0 : 0.0;
      column.values[test + 1] = *name == 'f' ? 0.0 : 1.0;
      songs.table.numeric.push_back(std::move(column));
    }
    EXPECT_TRUE(audit(songs.input(&split)).empty()) << seed << text_of(audit(songs.input(&split)));
  }
}

TEST(AuditScalingTest, FindsStatisticsThatAreOfNoRowsOfThisSplit) {
  const SongTable songs = song_table(800, 13);
  const SongTable others = song_table(800, 14);
  const Split split = by_artist(songs, 13);
  const Split other_split = by_artist(songs, 14);
  for (const Scaling scaling : {Scaling::kStandard, Scaling::kMinMax, Scaling::kRobust, Scaling::kNone}) {
    const EncoderConfig config{Imputation::kMean, scaling, 0};
    const auto of_split = TableEncoder::fit(songs.table, songs.targets, other_split.training_fold(), config);
    const auto of_table = TableEncoder::fit(others.table, others.targets, split.training_fold(), config);
    for (const TableEncoder& stored : {of_split, of_table}) {
      const auto findings = evaluation::audit_statistics(songs.table, split, stored, "mlp");
      ASSERT_EQ(findings.size(), 1U) << static_cast<int>(scaling) << text_of(findings);
      EXPECT_EQ(findings[0].severity, evaluation::Severity::kLeak);
      EXPECT_NE(findings[0].detail.find("not those of the training rows of this split"), std::string::npos);
    }
    const auto read =
        TableEncoder::from_json(TableEncoder::fit(songs.table, songs.targets, split.training_fold(), config).to_json());
    EXPECT_TRUE(evaluation::audit_statistics(songs.table, split, read, "mlp").empty());
  }
}

TEST(AuditScalingTest, TakesConstantEmptyAndInfiniteColumnsOfAnHonestRun) {
  SongTable songs = song_table(300, 15);
  songs.table.numeric.push_back({"nothing", std::vector<double>(300, NAN)});
  songs.table.numeric.push_back({"same", std::vector<double>(300, 0.1)});
  songs.table.numeric[0].values[3] = INFINITY;
  songs.table.numeric[1].values[4] = 1e300;
  const Split split = by_artist(songs, 15);
  for (const Scaling scaling : {Scaling::kStandard, Scaling::kMinMax, Scaling::kRobust, Scaling::kNone}) {
    const auto honest =
        TableEncoder::fit(songs.table, songs.targets, split.training_fold(), {Imputation::kMedian, scaling, 0});
    const auto findings = evaluation::audit_statistics(songs.table, split, honest, "mlp");
    EXPECT_TRUE(findings.empty()) << text_of(findings);
  }
}

}  // namespace audit_scaling_test
}  // namespace hitscope::models::data
