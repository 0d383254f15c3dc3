// How a table of separated cells is written: its delimiter and quotes, the lines of its header, lists at the ends of
// its rows.
//
// Judged by the first rows of the file, as a person would: the delimiter is the one that gives every row as many cells
// as the header. What could be read in two ways is said, not guessed.
// Thread safety: free functions without shared state.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "ingest/tables/quoting.h"
#include "ingest/tables/table_format.h"

namespace hitscope::ingest::tables {

struct Dialect {
  char delimiter = ',';  ///< one of kDelimiters
  Quoting quoting{};
  std::size_t n_skipped = 0;       ///< rows before the header: Excel's "sep=;" and titles
  std::size_t n_titles = 0;        ///< of these, lines such as "Exported from …" and "# comment"
  std::size_t n_header_lines = 1;  ///< more for the header of a pandas table with several levels of columns
  bool has_index_line = false;     ///< the last line of the header has nothing but the name of the first column
  bool has_lists = false;  ///< rows have further cells behind the last column: they go into a column of their own
};

/// The row of kDelimiters with this mark.
const Delimiter& delimiter_of(char mark);

/// What is known of a table before its rows are looked at.
struct DialectRequest {
  std::optional<char> delimiter{};  ///< that the user named
  std::optional<char> likely{};     ///< that the file's name suggests, which decides where two fit
  Quotes quotes = Quotes::kAuto;
  int header_lines = 0;  ///< 0: chosen by the rows
};

/// The dialect of a table that begins with `sample`. The error says which two delimiters fit equally well.
tl::expected<Dialect, std::string> sniffed_dialect(std::string_view sample, const DialectRequest& request);

/// The names of the columns from the header's lines [dialect.n_header_lines]: of two levels "album" and "title" make
/// "album.title"; an index line names the first column. Nameless columns at the end are left out where all of `rows`,
/// the first ones, are empty there.
std::vector<std::string> column_names(const Dialect& dialect, const std::vector<std::vector<std::string>>& lines,
                                      const std::vector<std::vector<std::string>>& rows);

}  // namespace hitscope::ingest::tables
