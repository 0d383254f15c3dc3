#include "ingest/tables/text_table.h"

#include <algorithm>
#include <limits>
#include <map>
#include <mutex>
#include <stdexcept>
#include <utility>

#include "ingest/tables/by_column.h"
#include "ingest/tables/column_naming.h"
#include "ingest/tables/text_encoding.h"

namespace hitscope::ingest::tables {
namespace {

Failure bad_file(const std::string& detail) {
  return {Stage::kCatalogue, FailureKind::kBadFile, detail, Action::kStop};
}

/// Reads them, or says why the table cannot be used.
std::optional<Failure> read_rows(TableReader& reader, TextTable& table, double max_cells) {
  table.columns.resize(table.header.size());
  while (const auto row = reader.next_view()) {
    if (!*row && row->error().action == Action::kStop) return row->error();
    if (!*row) {
      table.refused.push_back({reader.row_number(), row->error()});
      continue;
    }
    table.numbers.push_back((*row)->number);
    if (static_cast<double>(table.numbers.size()) * static_cast<double>(table.columns.size()) > max_cells) {
      throw std::length_error("row " + std::to_string((*row)->number) + " of " + std::to_string(table.columns.size()) +
                              " columns makes more cells than `max_cells` allows");
    }
    for (std::size_t i = 0; i < table.columns.size(); ++i) table.columns[i].append((*row)->cells[i]);
  }
  table.n_dropped_values = reader.n_dropped_values();
  if (table.refused.size() <= table.numbers.size()) return std::nullopt;
  return bad_file(table.name + ": " + std::to_string(table.refused.size()) + " of " +
                  std::to_string(table.refused.size() + table.numbers.size()) +
                  " rows cannot be read, more than the rest; the first: " + table.refused.front().failure.detail);
}

/// The places where a table is not UTF-8.
struct BadBytes {
  std::map<std::size_t, std::size_t> rows;  // row -> its first such column
  bool in_header = false;

  bool any() const { return in_header || !rows.empty(); }
};

/// Finds them; with `first_only` only the first bad row of each column.
BadBytes find_bad_bytes(const TextTable& table, bool first_only) {
  BadBytes bad;
  bad.in_header = !std::all_of(table.header.begin(), table.header.end(), is_utf8);
  std::mutex mutex;
  for_each_column(table.columns.size(), [&](std::size_t i) {
    const TextColumn& column = table.columns[i];
    if (is_ascii(column.text())) return;
    for (std::size_t row = 0; row < column.size(); ++row) {
      if (is_utf8(column.at(row))) continue;
      const std::lock_guard lock(mutex);
      const auto place = bad.rows.emplace(row, i).first;
      place->second = std::min(place->second, i);
      if (first_only) return;
    }
  });
  return bad;
}

/// `text` in UTF-8; what is UTF-8 stays so unless `all` is Windows-1252: files put together from two have both.
std::string converted(std::string_view text, bool all) {
  return all || !is_utf8(text) ? utf8_from_windows_1252(text) : std::string(text);
}

void convert(TextTable& table, bool all) {
  for (std::string& name : table.header) name = converted(name, all);
  for_each_column(table.columns.size(), [&](std::size_t i) {
    const TextColumn& column = table.columns[i];
    if (is_ascii(column.text())) return;
    TextColumn cells;
    for (std::size_t row = 0; row < column.size(); ++row) cells.append(converted(column.at(row), all));
    table.columns[i] = std::move(cells);
  });
}

/// Takes out the rows that are not UTF-8.
void refuse_rows(TextTable& table, const BadBytes& bad) {
  if (bad.rows.empty()) return;
  for (const auto& [row, column] : bad.rows) {
    const std::size_t number = table.numbers[row];
    table.refused.push_back(
        {number, Failure{Stage::kCatalogue, FailureKind::kBadRow,
                         table.name + " row " + std::to_string(number) + ": column '" + table.header[column] +
                             "' is not valid UTF-8, but the table is read as UTF-8"}});
  }
  std::stable_sort(table.refused.begin(), table.refused.end(),
                   [](const RefusedRow& a, const RefusedRow& b) { return a.number < b.number; });
  for_each_column(table.columns.size(), [&](std::size_t i) {
    TextColumn kept;
    for (std::size_t row = 0; row < table.n_rows(); ++row) {
      if (!bad.rows.contains(row)) kept.append(table.columns[i].at(row));
    }
    table.columns[i] = std::move(kept);
  });
  std::vector<std::size_t> numbers;
  for (std::size_t row = 0; row < table.n_rows(); ++row) {
    if (!bad.rows.contains(row)) numbers.push_back(table.numbers[row]);
  }
  table.numbers = std::move(numbers);
}

/// Makes the table UTF-8, or says why it cannot be.
std::optional<Failure> decode(TextTable& table, Encoding wanted, bool is_utf8_by_its_own_word) {
  table.encoding = Encoding::kUtf8;
  const bool must_be_utf8 = wanted == Encoding::kUtf8 || (wanted == Encoding::kAuto && is_utf8_by_its_own_word);
  if (must_be_utf8) {
    const BadBytes bad = find_bad_bytes(table, false);
    if (bad.in_header) return bad_file(table.name + ": its header is not valid UTF-8, but the table is read as UTF-8");
    refuse_rows(table, bad);
    return std::nullopt;
  }
  if (wanted == Encoding::kAuto) {
    const BadBytes bad = find_bad_bytes(table, true);
    if (!bad.any()) return std::nullopt;
    table.encoding_reason = (bad.in_header ? std::string("its header")
                                           : "row " + std::to_string(table.numbers[bad.rows.begin()->first]) +
                                                 ", column '" + table.header[bad.rows.begin()->second] + "',") +
                            " is not valid UTF-8";
  }
  table.encoding = Encoding::kIso8859_1;
  convert(table, wanted == Encoding::kIso8859_1);
  return std::nullopt;
}

}  // namespace

std::string place_of_row(const std::string& table, const std::vector<TablePart>& parts, std::size_t number) {
  const auto after = std::find_if(parts.begin(), parts.end(), [&](const TablePart& p) { return p.n_before >= number; });
  const bool is_whole = after == parts.begin();
  const std::string& name = is_whole ? table : std::prev(after)->name;
  return name + " row " + std::to_string(number - (is_whole ? 0 : std::prev(after)->n_before));
}

void TextColumn::append(std::string_view cell) {
  if (text_.size() + cell.size() > std::numeric_limits<std::uint32_t>::max()) {
    throw std::length_error("a column holds over 4 GiB of text");
  }
  text_ += cell;
  ends_.push_back(static_cast<std::uint32_t>(text_.size()));
}

tl::expected<TextTable, Failure> read_text_table(const std::filesystem::path& path, const TextTableOptions& options) {
  auto reader = TableReader::open(path, options.writing);
  if (!reader) return tl::make_unexpected(reader.error());
  TextTable table;
  table.name = reader->name();
  table.header = reader->header();
  table.description = reader->description();
  table.is_utf16 = reader->is_utf16();
  table.has_semicolons = reader->format() == TableFormat::kSemicolons;
  std::optional<Failure> failure;
  try {
    failure = read_rows(*reader, table, options.max_cells);
    if (!failure) failure = decode(table, options.encoding, reader->is_utf8_by_its_own_word());
  } catch (const std::length_error& error) {
    failure = bad_file(table.name + ": " + error.what());
  }
  table.doubts_about_quotes = reader->doubts_about_quotes();
  if (!failure) {
    if (const auto why = name_columns(table.header)) failure = bad_file(table.name + ": " + *why);
  }
  if (failure) return tl::make_unexpected(std::move(*failure));
  return table;
}

}  // namespace hitscope::ingest::tables
