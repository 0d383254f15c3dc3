#include "ingest/tables/append.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "ingest/input_error.h"
#include "ingest/tables/blanks.h"
#include "ingest/tables/column_roles.h"
#include "ingest/tables/number_format.h"
#include "ingest/tables/schema.h"
#include "ingest/words.h"

namespace hitscope::ingest::tables {
namespace {

std::size_t place_of(const std::vector<std::string>& header, const std::string& name) {
  return static_cast<std::size_t>(std::find(header.begin(), header.end(), name) - header.begin());
}

/// Gives the columns of a table the names that `header` has for them in another spelling: "Track ID" is "track_id".
void respell(TextTable& part, const std::vector<std::string>& header, std::vector<std::string>& facts) {
  for (std::string& name : part.header) {
    if (place_of(header, name) < header.size()) continue;
    const auto is_same = [&](const std::string& other) {
      return role_name(other) == role_name(name) && place_of(part.header, other) == part.header.size();
    };
    const auto n_same = std::count_if(header.begin(), header.end(), is_same);
    if (n_same != 1) continue;
    const std::string& other = *std::find_if(header.begin(), header.end(), is_same);
    facts.push_back(fmt::format("{}: its column '{}' is taken for '{}'", part.name, name, other));
    name = other;
  }
}

/// Writes the numbers of a column with decimal commas as others have them: "1.234,5" as "1234.5".
void write_decimal_points(TextColumn& column, const ColumnSchema& schema) {
  const NumberFormat format{schema.decimal, schema.thousands, schema.percent};
  TextColumn written;
  for (std::size_t row = 0; row < column.size(); ++row) {
    std::string cell(column.at(row));
    if (parse_number(without_blanks(cell), format)) {
      if (schema.thousands != '\0') std::erase(cell, schema.thousands);
      std::replace(cell.begin(), cell.end(), ',', '.');
    }
    written.append(cell);
  }
  column = std::move(written);
}

/// Tables may be of different countries: where one has decimal commas in a column and another has not, they are written
/// alike before their rows are put together.
void agree_on_decimals(std::vector<TextTable>& tables) {
  std::vector<TableSchema> schemas;
  std::map<std::string, std::set<char>> decimals;  // by column
  for (const TextTable& table : tables) {
    schemas.push_back(infer_schema(table));
    for (const ColumnSchema& column : schemas.back().columns) {
      if (column.type == ColumnType::kNumber) decimals[column.name].insert(column.decimal);
    }
  }
  for (std::size_t t = 0; t < tables.size(); ++t) {
    for (std::size_t c = 0; c < tables[t].columns.size(); ++c) {
      const ColumnSchema& column = schemas[t].columns[c];
      const bool is_comma = column.type == ColumnType::kNumber && column.decimal == ',';
      if (is_comma && decimals.at(column.name).size() > 1) write_decimal_points(tables[t].columns[c], column);
    }
  }
}

/// Appends the cells of one table, and says which columns it has not.
void append(TextTable& whole, const TextTable& part, std::vector<std::string>& facts) {
  std::string missing;
  for (std::size_t c = 0; c < whole.header.size(); ++c) {
    const std::size_t from = place_of(part.header, whole.header[c]);
    const bool has = from < part.header.size();
    if (!has) missing += (missing.empty() ? "" : ", ") + whole.header[c];
    for (std::size_t row = 0; row < part.n_rows(); ++row) {
      whole.columns[c].append(has ? part.columns[from].at(row) : std::string_view());
    }
  }
  if (!missing.empty()) {
    facts.push_back(fmt::format("{}: has no {}; the cells of its {} are empty there", part.name, missing,
                                count_of(part.n_rows(), "row")));
  }
}

}  // namespace

TextTable appended(std::vector<TextTable> tables, double max_cells, std::vector<std::string>& facts) {
  if (tables.size() == 1) return std::move(tables.front());
  agree_on_decimals(tables);
  TextTable whole;
  std::size_t n_rows = 0;
  for (TextTable& part : tables) {
    respell(part, whole.header, facts);
    whole.name += (whole.name.empty() ? "" : " + ") + part.name;
    n_rows += part.n_rows();
    for (const std::string& name : part.header) {
      if (place_of(whole.header, name) == whole.header.size()) whole.header.push_back(name);
    }
  }
  if (static_cast<double>(n_rows) * static_cast<double>(whole.header.size()) > max_cells) {
    throw InputError(fmt::format("{}: {} of {} columns make more cells than `max_cells` allows", whole.name,
                                 count_of(n_rows, "row"), whole.header.size()));
  }
  whole.columns.resize(whole.header.size());
  whole.has_semicolons = true;  // if all parts have
  std::size_t before = 0;       // number of the last row of the tables before
  for (const TextTable& part : tables) {
    append(whole, part, facts);
    whole.parts.push_back({part.name, before});
    std::size_t last = before;
    for (const std::size_t number : part.numbers) {
      whole.numbers.push_back(before + number);
      last = std::max(last, before + number);
    }
    for (RefusedRow row : part.refused) {
      row.number += before;
      last = std::max(last, row.number);
      whole.refused.push_back(std::move(row));
    }
    before = last;
    if (part.encoding != Encoding::kUtf8) whole.encoding = part.encoding;
    whole.has_semicolons = whole.has_semicolons && part.has_semicolons;
    whole.n_dropped_values += part.n_dropped_values;
  }
  return whole;
}

}  // namespace hitscope::ingest::tables
