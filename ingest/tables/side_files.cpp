#include "ingest/tables/side_files.h"

#include <fmt/format.h>

#include <algorithm>

#include "ingest/input_error.h"
#include "ingest/tables/blanks.h"
#include "ingest/tables/text_table.h"

namespace hitscope::ingest::tables {
namespace {

TextTable read_whole(const std::filesystem::path& path) {
  auto table = read_text_table(path, {});
  if (!table) throw InputError(table.error().detail);
  if (!table->refused.empty()) throw InputError(table->refused.front().failure.detail);
  return std::move(*table);
}

std::string cell(const TextTable& table, std::size_t column, std::size_t row) {
  return std::string(without_blanks(table.columns[column].at(row)));
}

}  // namespace

std::map<std::string, std::string> read_mapping(const std::filesystem::path& path) {
  const TextTable table = read_whole(path);
  if (table.columns.size() != 2) {
    throw InputError(fmt::format("{}: has {} columns; a mapping has two: the text and its class", path.string(),
                                 table.columns.size()));
  }
  std::map<std::string, std::string> mapping;
  std::string first_class;
  bool has_two = false;
  for (std::size_t row = 0; row < table.n_rows(); ++row) {
    const std::string text = cell(table, 0, row);
    const std::string name = cell(table, 1, row);
    if (name.empty()) {
      throw InputError(fmt::format("{} row {}: '{}' has no class", path.string(), table.numbers[row], text));
    }
    const auto [place, is_new] = mapping.emplace(text, name);
    if (!is_new && place->second != name) {
      throw InputError(fmt::format("{} row {}: '{}' has the class '{}' here and '{}' in an earlier row", path.string(),
                                   table.numbers[row], text, name, place->second));
    }
    if (row == 0) first_class = name;
    has_two = has_two || name != first_class;
  }
  if (!has_two) throw InputError(path.string() + ": names fewer than two classes");
  return mapping;
}

std::unordered_map<std::string, std::string> read_parts(const std::filesystem::path& path, const std::string& key) {
  const TextTable table = read_whole(path);
  const auto place = [&](const std::string& name) {
    const auto found = std::find(table.header.begin(), table.header.end(), name);
    if (found != table.header.end()) return static_cast<std::size_t>(found - table.header.begin());
    throw InputError(
        fmt::format("{}: needs the columns {} and part, like split.csv in a run folder", path.string(), key));
  };
  const std::size_t keys = place(key);
  const std::size_t parts = place("part");
  std::unordered_map<std::string, std::string> by_key;
  for (std::size_t row = 0; row < table.n_rows(); ++row) {
    const auto [former, is_new] = by_key.emplace(cell(table, keys, row), cell(table, parts, row));
    if (is_new) continue;
    throw InputError(
        fmt::format("{} row {}: {} '{}' appears twice", path.string(), table.numbers[row], key, former->first));
  }
  return by_key;
}

}  // namespace hitscope::ingest::tables
