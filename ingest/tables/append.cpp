#include "ingest/tables/append.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "ingest/input_error.h"
#include "ingest/words.h"

namespace hitscope::ingest::tables {
namespace {

std::size_t place_of(const std::vector<std::string>& header, const std::string& name) {
  return static_cast<std::size_t>(std::find(header.begin(), header.end(), name) - header.begin());
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
  TextTable whole;
  std::size_t n_rows = 0;
  for (const TextTable& part : tables) {
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
  std::size_t before = 0;  // number of the last row of the tables before
  for (const TextTable& part : tables) {
    append(whole, part, facts);
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
    whole.has_semicolons = whole.has_semicolons || part.has_semicolons;
    whole.n_dropped_values += part.n_dropped_values;
  }
  return whole;
}

}  // namespace hitscope::ingest::tables
