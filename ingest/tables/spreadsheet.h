// CSV for spreadsheets, which run a cell that begins like a formula: text of a table from elsewhere could fetch pages
// or start programs when somebody opens it. Thread safety: free functions without shared state.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace hitscope::ingest::tables {

/// The cell as spreadsheets show it and do not run it: with an apostrophe before a text that begins with =, +, -, @, a
/// tab or a line break, also behind a semicolon, a tab or a line break. Numbers stay as they are.
std::string spreadsheet_cell(std::string_view cell);

/// NAME.spreadsheet.csv beside NAME.csv.
std::filesystem::path path_for_spreadsheets(const std::filesystem::path& csv);

/// Writes NAME.spreadsheet.csv beside the CSV file NAME.csv, with every cell as spreadsheet_cell() gives it. Throws
/// InputError for a file that cannot be read, std::system_error for one that cannot be written.
void write_for_spreadsheets(const std::filesystem::path& csv);

}  // namespace hitscope::ingest::tables
