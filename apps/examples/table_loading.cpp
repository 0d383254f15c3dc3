#include "apps/examples/table_loading.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>

#include "apps/shell/progress.h"
#include "apps/shell/text_file.h"
#include "apps/shell/text_table.h"
#include "apps/shell/verb.h"
#include "apps/shell/words.h"
#include "ingest/files.h"
#include "ingest/sha256.h"

namespace hitscope::apps::examples {
namespace {

using ingest::tables::TextTable;
using ingest::tables::TypedColumn;

template <typename T>
T value_or_throw(tl::expected<T, ingest::Failure> result) {
  if (!result) throw shell::UsageError(result.error().detail);
  return std::move(*result);
}

std::vector<std::string> split_at(const std::string& text, char mark) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = text.find(mark, begin);
    parts.push_back(text.substr(begin, end - begin));
    if (end == std::string::npos) return parts;
    begin = end + 1;
  }
}

/// "a=b,c" are two keys; "row" is none.
std::vector<ingest::tables::JoinKey> keys_of(const std::string& on) {
  if (on == "row") return {};
  std::vector<ingest::tables::JoinKey> keys;
  for (const std::string& part : split_at(on, ',')) {
    const std::size_t equals = part.find('=');
    const std::string left = part.substr(0, equals);
    keys.push_back({left, equals == std::string::npos ? left : part.substr(equals + 1)});
    if (keys.back().left.empty() || keys.back().right.empty()) {
      throw shell::UsageError("--on is '" + on + "'; it must be KEY, LEFT=RIGHT, several of them with ',', or row");
    }
  }
  return keys;
}

void tell_refused(const TextTable& table, std::vector<std::string>& facts) {
  if (table.refused.empty()) return;
  facts.push_back(fmt::format("{}: {} could not be read; the first: {}", table.name,
                              shell::count_of(table.refused.size(), "row"), table.refused.front().failure.detail));
}

/// Rows that share a key, but nothing else, are other songs.
std::string doubtful_join(const ingest::tables::JoinReport& report) {
  std::string text = fmt::format(
      "warning: {} stands for different rows of {}: rows were given the first one's cells, which may be another song's",
      report.on, report.right);
  if (report.n_left == report.n_right) {
    text += fmt::format("; both tables have {} rows, so that --on row may be what they mean", report.n_left);
  }
  return text;
}

TextTable joined_table(const TableRequest& request, std::vector<std::string>& facts) {
  TextTable table = value_or_throw(ingest::tables::read_text_table(request.path, request.options));
  const std::string reason = table.encoding_reason.empty()
                                 ? ""
                                 : fmt::format(", as {}; --encoding utf-8 refuses such rows", table.encoding_reason);
  facts.push_back(fmt::format("table: {}: {}, {}, {}{}", table.name, shell::count_of(table.n_rows(), "row"),
                              shell::count_of(table.header.size(), "column"),
                              table.encoding == ingest::tables::Encoding::kUtf8 ? "UTF-8" : "ISO-8859-1", reason));
  tell_refused(table, facts);
  if (request.strict && !table.refused.empty()) {
    throw shell::UsageError("--strict: " + table.refused.front().failure.detail);
  }
  if (table.n_rows() == 0 && !table.refused.empty()) throw shell::UsageError(table.refused.front().failure.detail);
  if (request.joins.size() != request.on.size()) {
    throw shell::UsageError(
        fmt::format("--join stands {} and --on {} times; every --join needs its --on (a column, LEFT=RIGHT, "
                    "or row)",
                    request.joins.size(), request.on.size()));
  }
  for (std::size_t i = 0; i < request.joins.size(); ++i) {
    const TextTable right = value_or_throw(ingest::tables::read_text_table(request.joins[i], {}));
    tell_refused(right, facts);
    auto result = value_or_throw(
        ingest::tables::join(std::move(table), right, {keys_of(request.on[i]), request.duplicates, !request.inner}));
    for (std::string& sentence : ingest::tables::sentences(result.report)) facts.push_back(std::move(sentence));
    if (result.report.n_right_conflicting > 0 && request.duplicates == ingest::tables::JoinDuplicates::kFirst) {
      facts.push_back(doubtful_join(result.report));
    }
    table = std::move(result.table);
    if (table.n_rows() == 0) {
      throw shell::UsageError(fmt::format("{}: no row has a match in {} by --on {}, and --inner keeps no other",
                                          request.path.string(), right.name, request.on[i]));
    }
  }
  return table;
}

ingest::tables::TableSchema schema_for(const TableRequest& request, const TextTable& table) {
  ingest::tables::TableSchema schema = ingest::tables::infer_schema(table);
  if (request.schema.empty()) return schema;
  const auto given =
      value_or_throw(ingest::tables::schema_from_json(shell::read_text(request.schema), request.schema.string()));
  return value_or_throw(ingest::tables::overlaid(std::move(schema), given, table.name));
}

/// What typing lost, column by column; an error where nothing may be lost.
void tell_losses(const LoadedTable& loaded, bool strict, std::vector<std::string>& facts) {
  for (const TypedColumn& column : loaded.table.columns) {
    if (column.n_lost == 0) continue;
    std::string examples;
    for (const ingest::tables::LostCell& lost : column.lost) {
      examples += fmt::format("{}'{}' in row {}", examples.empty() ? "" : ", ", lost.text, lost.row_number);
    }
    const std::string sentence =
        fmt::format("{}: {} cannot be read as a {} and count as missing: {}", column.schema.name,
                    shell::count_of(column.n_lost, "cell"), to_string(column.schema.type), examples);
    if (strict) throw shell::UsageError(loaded.table.name + ": --strict: " + sentence);
    facts.push_back(sentence);
  }
}

void tell_cleaning(const LoadedTable& loaded, std::vector<std::string>& facts) {
  for (const ingest::tables::CleaningCount& count : loaded.cleaned.counts) {
    std::string examples;
    for (const std::size_t row : count.examples) examples += fmt::format("{}{}", examples.empty() ? "" : ", ", row);
    facts.push_back(fmt::format("left out: {}, {}{}{}", shell::count_of(count.n_rows, "row"), count.rule,
                                examples.empty() ? "" : "; the first: rows ", examples));
  }
}

}  // namespace

LoadedTable load_table(const TableRequest& request, const ChooseColumn& whole) {
  LoadedTable loaded;
  TextTable text = joined_table(request, loaded.facts);
  loaded.schema = schema_for(request, text);
  loaded.table = ingest::tables::typed(std::move(text), loaded.schema);
  if (const auto column = whole(loaded.table); column && loaded.table.columns[*column].n_lost > 0) {
    ingest::tables::ColumnSchema& schema = loaded.schema.columns[*column];
    std::string name = std::move(schema.name);
    schema = {};
    schema.name = std::move(name);
    ingest::tables::retype(loaded.table, *column, schema, loaded.schema.missing_marks);
  }
  if (!request.save_schema.empty()) ingest::write_file(request.save_schema, ingest::tables::to_json(loaded.schema));
  tell_losses(loaded, request.strict, loaded.facts);
  loaded.cleaned = value_or_throw(ingest::tables::clean(loaded.table, request.cleaning));
  tell_cleaning(loaded, loaded.facts);
  return loaded;
}

std::string hash_of_files(const TableRequest& request) {
  std::string hashes;
  std::vector<std::filesystem::path> files{request.path};
  files.insert(files.end(), request.joins.begin(), request.joins.end());
  if (!request.schema.empty()) files.push_back(request.schema);
  for (const auto& file : files) {
    if (file == "-") continue;
    hashes += ingest::sha256_hex(shell::read_text(file)) + " ";
  }
  return hashes.empty() ? "standard input" : ingest::sha256_hex(hashes);
}

void add_table_options(CLI::App& app, TableRequest& request) {
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

}  // namespace hitscope::apps::examples
