#include "ingest/tables/spreadsheet.h"

#include <cerrno>
#include <charconv>
#include <fstream>
#include <span>
#include <system_error>
#include <vector>

#include "ingest/files.h"
#include "ingest/input_error.h"
#include "ingest/tables/csv.h"

namespace hitscope::ingest::tables {
namespace {

bool is_number(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

std::string guarded_line(std::span<const std::string_view> cells) {
  std::vector<std::string> guarded;
  guarded.reserve(cells.size());
  for (const std::string_view cell : cells) guarded.push_back(spreadsheet_cell(cell));
  return csv_line(std::span<const std::string>(guarded));
}

}  // namespace

std::string spreadsheet_cell(std::string_view cell) {
  constexpr std::string_view kFirst = "=+-@\t\r\n";
  constexpr std::string_view kSeparators = ";\t\r\n";  // where some spreadsheets begin another cell
  if (is_number(cell)) return std::string(cell);
  std::string guarded;
  bool at_beginning = true;
  for (const char c : cell) {
    if (at_beginning && kFirst.find(c) != std::string_view::npos) guarded += '\'';
    guarded += c;
    at_beginning = kSeparators.find(c) != std::string_view::npos;
  }
  return guarded;
}

std::filesystem::path path_for_spreadsheets(const std::filesystem::path& csv) {
  return csv.parent_path() / (csv.stem().string() + ".spreadsheet.csv");
}

void write_for_spreadsheets(const std::filesystem::path& csv) {
  auto reader = CsvReader::open_beneath(csv.parent_path(), csv.filename());
  if (!reader) throw InputError(reader.error().detail);
  const std::filesystem::path path = path_for_spreadsheets(csv);
  std::filesystem::path temporary = path;
  temporary += ".tmp";
  create_file(temporary);
  std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
  const std::vector<std::string_view> header(reader->header().begin(), reader->header().end());
  file << guarded_line(header);
  while (const auto row = reader->next_view()) {
    if (!*row) throw InputError(row->error().detail);
    file << guarded_line((*row)->cells);
  }
  file.close();
  if (!file) throw std::system_error(errno, std::generic_category(), "cannot write " + path.string());
  std::filesystem::rename(temporary, path);
}

}  // namespace hitscope::ingest::tables
