#include "apps/examples/train_data_options.h"

#include <CLI/CLI.hpp>
#include <map>

namespace hitscope::apps::examples {
namespace {

void add_table_options(CLI::App& app, ingest::tables::TableRequest& request) {
  using ingest::tables::Encoding;
  using ingest::tables::JoinDuplicates;
  using ingest::tables::TableFormat;
  static const std::map<std::string, TableFormat> formats{{"auto", TableFormat::kAuto},
                                                          {"csv", TableFormat::kCsv},
                                                          {"tsv", TableFormat::kTsv},
                                                          {"jsonl", TableFormat::kJsonLines}};
  static const std::map<std::string, Encoding> encodings{
      {"auto", Encoding::kAuto}, {"utf-8", Encoding::kUtf8}, {"iso-8859-1", Encoding::kIso8859_1}};
  static const std::map<std::string, JoinDuplicates> policies{
      {"first", JoinDuplicates::kFirst}, {"all", JoinDuplicates::kAll}, {"refuse", JoinDuplicates::kRefuse}};
  static const std::map<std::string, ingest::tables::DuplicateRule> rules{
      {"exact", ingest::tables::DuplicateRule::kExact},
      {"song", ingest::tables::DuplicateRule::kSong},
      {"isrc", ingest::tables::DuplicateRule::kIsrc},
      {"clip", ingest::tables::DuplicateRule::kClip}};
  const char* table = "Table";
  app.add_option("--format", request.options.format, "csv, tsv, jsonl (default: by the file's name and content)")
      ->transform(CLI::Transformer(formats).description(""))
      ->type_name("NAME")
      ->group(table);
  app.add_option("--encoding", request.options.encoding, "utf-8, iso-8859-1 (default: UTF-8 where the file is)")
      ->transform(CLI::Transformer(encodings).description(""))
      ->type_name("NAME")
      ->group(table);
  app.add_option("--join", request.joins, "another table to join, each with its --on")->group(table);
  app.add_option("--on", request.on, "its key: COLUMN, LEFT=RIGHT, several with ',', or row (row by row)")
      ->allow_extra_args(false)
      ->group(table);
  app.add_option("--join-duplicates", request.duplicates,
                 "where several rows have a key: first (default), all (repeat the row), refuse")
      ->transform(CLI::Transformer(policies).description(""))
      ->type_name("NAME")
      ->group(table);
  app.add_flag("--inner", request.inner, "leave out rows that a join finds no match for")->group(table);
  app.add_option("--schema", request.schema, "types of columns, as --save-schema wrote them and you edited them")
      ->group(table);
  app.add_option("--save-schema", request.save_schema, "write the types that were inferred")->group(table);
  app.add_flag("--strict", request.strict,
               "a row that cannot be read, or a cell that is not of its column's type, is an error")
      ->group(table);
  const char* cleaning = "Rows to leave out (each rule says how many)";
  app.add_option("--drop-missing", request.cleaning.drop_missing, "rows without a value in these columns, or all")
      ->delimiter(',')
      ->group(cleaning);
  app.add_option("--min-duration", request.cleaning.min_duration_s, "shorter tracks, s")
      ->check(CLI::NonNegativeNumber)
      ->group(cleaning);
  app.add_option("--drop-zero", request.cleaning.drop_zero, "rows with 0 in these columns, e.g. tempo,time_signature")
      ->delimiter(',')
      ->group(cleaning);
  app.add_option("--drop-duplicates", request.cleaning.drop_duplicates,
                 "later rows that are exact copies, the same song (artist, title), isrc or clip")
      ->transform(CLI::Transformer(rules).description(""))
      ->type_name("NAME")
      ->delimiter(',')
      ->group(cleaning);
}

}  // namespace

CLI::Option* add_data_options(CLI::App& app, TrainDataConfig& data) {
  CLI::Option* table =
      app.add_option("table", data.table.path, "CSV, TSV or JSON Lines, gzipped or not; - is standard input");
  app.add_option("--spectrograms", data.spectrograms, "folder made by render; rows are joined by id");
  const char* labels = "Labels and columns";
  app.add_option("--target", data.roles.target, "column to predict (default: popularity)")->group(labels);
  app.add_option(
         "--labels", data.labels,
         "how it becomes classes: 34,67 (thresholds; the default for popularity), median, top:1 (percent), "
         "quantiles:4, equal-width:5, percentiles:34,67/YEAR (within groups of a column), map:FILE (text, "
         "class), categories (the default for others), popularity-101, regression, percentile (among the training "
         "rows, a regression too)")
      ->group(labels);
  app.add_option("--features", data.features.use, "columns to learn from, or none (default: all that can be)")
      ->delimiter(',')
      ->group(labels);
  app.add_option("--no-features", data.features.leave, "columns not to learn from")->delimiter(',')->group(labels);
  app.add_option("--id-column", data.roles.id, "column of the track id")->group(labels);
  app.add_option("--artist-column", data.roles.artist, "column of the artist")->group(labels);
  app.add_option("--title-column", data.roles.title, "column of the title")->group(labels);
  app.add_option("--date-column", data.roles.date, "column of the release date")->group(labels);
  app.add_option("--popularity-column", data.roles.popularity, "column of the popularity, 0 to 100")->group(labels);
  add_table_options(app, data.table);
  return table;
}

void add_split_options(CLI::App& app, TrainDataConfig& data, SplitRequest& split) {
  static const std::map<std::string, models::data::SplitKind> kinds{
      {"group", models::data::SplitKind::kGroup},
      {"duplicates", models::data::SplitKind::kDuplicates},
      {"random", models::data::SplitKind::kRandom},
      {"temporal", models::data::SplitKind::kTemporal},
      {"column", models::data::SplitKind::kColumn}};
  const char* group = "Split";
  app.add_option_function<std::string>(
         "--split", [&split](const std::string& name) { split.kind = kinds.at(name); },
         "group: no artist on two sides (default); duplicates: nor song, ISRC or clip; random; temporal: the latest "
         "test; column")
      ->check(CLI::IsMember(kinds))
      ->group(group);
  app.add_option("--group-column", data.roles.group, "column of the groups (default: the artist)")->group(group);
  app.add_option("--split-column", data.roles.split, "column that says train, validation or test")->group(group);
  app.add_option("--split-file", data.split_file, "split.csv of another run, to use its parts")->group(group);
  app.add_option("--test-fold", split.test_fold, "value of --split-column that tests; all others train")->group(group);
  app.add_option("--test-fraction", split.config.test_fraction, "of all rows")->capture_default_str()->group(group);
  app.add_option("--validation-fraction", split.config.validation_fraction, "of the rows that do not test")
      ->capture_default_str()
      ->group(group);
  app.add_option("--seed", split.config.seed, "of everything random")->capture_default_str()->group(group);
}

}  // namespace hitscope::apps::examples
