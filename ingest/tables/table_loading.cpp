#include "ingest/tables/table_loading.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "ingest/files.h"
#include "ingest/input_error.h"
#include "ingest/sha256.h"
#include "ingest/tables/append.h"
#include "ingest/words.h"

namespace hitscope::ingest::tables {
namespace {

template <typename T>
T value_or_throw(tl::expected<T, Failure> result) {
  if (!result) throw InputError(result.error().detail);
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

/// The keys of a join: two for "a=b,c", none for "row".
std::vector<JoinKey> keys_of(const std::string& on) {
  if (on == "row") return {};
  std::vector<JoinKey> keys;
  for (const std::string& part : split_at(on, ',')) {
    const std::size_t equals = part.find('=');
    const std::string left = part.substr(0, equals);
    keys.push_back({left, equals == std::string::npos ? left : part.substr(equals + 1)});
    if (keys.back().left.empty() || keys.back().right.empty()) {
      throw InputError("`on` is '" + on + "'; it must be COLUMN, LEFT=RIGHT, several of them with commas, or row");
    }
  }
  return keys;
}

/// "songs.csv: 2,000 rows, 7 columns, separated by tabs, UTF-8".
std::string in_words(const TextTable& table) {
  std::string text =
      fmt::format("{}: {}, {}", table.name, count_of(table.n_rows(), "row"), count_of(table.header.size(), "column"));
  if (!table.description.empty()) text += ", " + table.description;
  if (table.encoding != Encoding::kUtf8) text += ", Windows-1252";
  if (table.encoding == Encoding::kUtf8 && !table.is_utf16) text += ", UTF-8";
  if (!table.encoding_reason.empty()) {
    text += fmt::format(", as {}; `encoding` utf-8 refuses such rows", table.encoding_reason);
  }
  return text;
}

void tell_doubts(const TextTable& table, std::vector<std::string>& facts) {
  if (table.doubts_about_quotes.empty()) return;
  facts.push_back(
      fmt::format("warning: {}: {}; `quotes` says how cells are quoted", table.name, table.doubts_about_quotes));
}

void tell_refused(const TextTable& table, std::vector<std::string>& facts) {
  if (table.refused.empty()) return;
  facts.push_back(fmt::format("{}: {} could not be read; the first: {}", table.name,
                              count_of(table.refused.size(), "row"), table.refused.front().failure.detail));
}

void tell_written(const TextTable& table, std::vector<std::string>& facts) {
  facts.push_back("table: " + in_words(table));
  tell_doubts(table, facts);
}

/// Rows that share a key, but nothing else, are other songs.
std::string doubtful_join(const JoinReport& report) {
  std::string text = fmt::format(
      "warning: some values of {} have several different rows in {}: each row got the cells of the first, which "
      "may belong to another song",
      report.on, report.right);
  if (report.n_left == report.n_right) {
    text += fmt::format("; both tables have {} rows, so `on` row may be the right key", report.n_left);
  }
  return text;
}

/// "hit=hits.csv" as class and file.
std::pair<std::string, std::filesystem::path> label_and_file(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
    throw InputError("`label_files` has '" + text + "'; it must be CLASS=FILE, several with commas");
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

/// The table as its files have it, before joins.
TextTable read_tables(const TableRequest& request, std::vector<std::string>& facts) {
  if (request.paths.empty() == request.label_files.empty()) {
    throw InputError("give either the argument TABLE or `label_files`");
  }
  std::vector<TextTable> tables;
  for (const auto& path : request.paths) tables.push_back(value_or_throw(read_text_table(path, request.options)));
  const bool are_several = request.paths.size() + request.label_files.size() > 1;
  for (const TextTable& table : tables) {
    if (are_several) tell_written(table, facts);
  }
  for (const std::string& text : request.label_files) {
    const auto [label, file] = label_and_file(text);
    TextTable table = value_or_throw(read_text_table(file, request.options));
    if (are_several) tell_written(table, facts);
    if (std::find(table.header.begin(), table.header.end(), "label") != table.header.end()) {
      throw InputError(table.name + ": has a column 'label' already; `label_files` makes one: rename it");
    }
    table.header.emplace_back("label");
    TextColumn& column = table.columns.emplace_back();
    for (std::size_t row = 0; row < table.n_rows(); ++row) column.append(label);
    tables.push_back(std::move(table));
  }
  return appended(std::move(tables), request.options.max_cells, facts);
}

TextTable joined_table(const TableRequest& request, std::optional<TextTable> made, std::vector<std::string>& facts) {
  TextTable table = made ? *std::move(made) : read_tables(request, facts);
  tell_written(table, facts);
  tell_refused(table, facts);
  if (request.strict && !table.refused.empty()) {
    throw InputError("`strict`: " + table.refused.front().failure.detail);
  }
  if (table.n_rows() == 0 && !table.refused.empty()) throw InputError(table.refused.front().failure.detail);
  if (request.joins.size() != request.on.size()) {
    throw InputError(fmt::format(
        "`join` was given {} times, `on` {} times; every `join` needs one `on` (a column, LEFT=RIGHT, or row)",
        request.joins.size(), request.on.size()));
  }
  for (std::size_t i = 0; i < request.joins.size(); ++i) {
    const TextTable right = value_or_throw(read_text_table(request.joins[i], {}));
    facts.push_back("joined table: " + in_words(right));
    tell_doubts(right, facts);
    tell_refused(right, facts);
    auto result =
        value_or_throw(join(std::move(table), right, {keys_of(request.on[i]), request.duplicates, !request.inner}));
    for (std::string& sentence : sentences(result.report)) facts.push_back(std::move(sentence));
    if (result.report.n_right_conflicting > 0 && request.duplicates == JoinDuplicates::kFirst) {
      facts.push_back(doubtful_join(result.report));
    }
    table = std::move(result.table);
    if (table.n_rows() == 0) {
      throw InputError(
          fmt::format("{}: no row has a match in {} by `on` {}, and `inner` leaves out rows without a match",
                      table.name, right.name, request.on[i]));
    }
  }
  return table;
}

TableSchema schema_for(const TableRequest& request, const TextTable& table) {
  TableSchema schema = infer_schema(table);
  if (request.schema.empty()) return schema;
  const auto given = value_or_throw(schema_from_json(read_text(request.schema), request.schema.string()));
  return value_or_throw(overlaid(std::move(schema), given, table.name));
}

/// Which columns are read with decimal commas, and which with commas between thousands, with a cell: "127,411" may be
/// either.
void tell_commas(const LoadedTable& loaded, std::vector<std::string>& facts) {
  std::string decimals;
  std::string thousands;
  for (const TypedColumn& column : loaded.table.columns) {
    const ColumnSchema& schema = column.schema;
    if (schema.type != ColumnType::kNumber) continue;
    if (schema.decimal == ',') decimals += (decimals.empty() ? "" : ", ") + schema.name;
    if (schema.thousands != ',') continue;
    for (std::size_t row = 0; row < loaded.table.n_rows(); ++row) {
      const std::string_view cell = column.cell(row);
      if (column.missing[row] || cell.find(',') == std::string_view::npos) continue;
      thousands +=
          fmt::format("{}{} ('{}' is {})", thousands.empty() ? "" : ", ", schema.name, cell, column.numbers[row]);
      break;
    }
  }
  if (!decimals.empty()) facts.push_back("decimal commas in: " + decimals);
  if (!thousands.empty()) facts.push_back("commas between thousands in: " + thousands + "; `schema` can say otherwise");
}

/// Adds a fact for each column that lost cells; with `strict` it throws instead.
void tell_losses(const LoadedTable& loaded, bool strict, std::vector<std::string>& facts) {
  for (const TypedColumn& column : loaded.table.columns) {
    if (column.n_lost == 0) continue;
    std::string examples;
    for (const LostCell& lost : column.lost) {
      examples += fmt::format("{}'{}' in row {}", examples.empty() ? "" : ", ", lost.text, lost.row_number);
    }
    const std::string sentence =
        fmt::format("{}: {} cannot be read as a {} and count as missing: {}", column.schema.name,
                    count_of(column.n_lost, "cell"), to_string(column.schema.type), examples);
    if (strict) throw InputError(loaded.table.name + ": `strict`: " + sentence);
    facts.push_back(sentence);
  }
}

void tell_cleaning(const LoadedTable& loaded, std::vector<std::string>& facts) {
  for (const CleaningCount& count : loaded.cleaned.counts) {
    std::string examples;
    for (const std::size_t row : count.examples) examples += fmt::format("{}{}", examples.empty() ? "" : ", ", row);
    facts.push_back(fmt::format("left out: {}, {}{}{}", count_of(count.n_rows, "row"), count.rule,
                                examples.empty() ? "" : "; the first: rows ", examples));
  }
}

}  // namespace

LoadedTable load_table(const TableRequest& request, const ChooseColumn& whole, std::optional<TextTable> made) {
  LoadedTable loaded;
  TextTable text = joined_table(request, std::move(made), loaded.facts);
  loaded.schema = schema_for(request, text);
  loaded.table = typed(std::move(text), loaded.schema);
  if (const auto column = whole(loaded.table); column && loaded.table.columns[*column].n_lost > 0) {
    ColumnSchema& schema = loaded.schema.columns[*column];
    std::string name = std::move(schema.name);
    schema = {};
    schema.name = std::move(name);
    retype(loaded.table, *column, schema, loaded.schema.missing_marks);
  }
  if (!request.save_schema.empty()) write_file(request.save_schema, to_json(loaded.schema));
  tell_commas(loaded, loaded.facts);
  tell_losses(loaded, request.strict, loaded.facts);
  loaded.cleaned = value_or_throw(clean(loaded.table, request.cleaning));
  tell_cleaning(loaded, loaded.facts);
  return loaded;
}

std::vector<std::filesystem::path> files_of_labels(const TableRequest& request) {
  std::vector<std::filesystem::path> files;
  for (const std::string& text : request.label_files) files.push_back(label_and_file(text).second);
  return files;
}

std::string hash_of_files(const TableRequest& request) {
  std::string hashes;
  std::vector<std::filesystem::path> files = request.paths;
  const auto labelled = files_of_labels(request);
  files.insert(files.end(), labelled.begin(), labelled.end());
  files.insert(files.end(), request.joins.begin(), request.joins.end());
  if (!request.schema.empty()) files.push_back(request.schema);
  for (const auto& file : files) {
    if (file == "-") continue;
    hashes += sha256_hex(read_text(file)) + " ";
  }
  return hashes.empty() ? "standard input" : sha256_hex(hashes);
}

}  // namespace hitscope::ingest::tables
