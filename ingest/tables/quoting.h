// How the quoted cells of a table are written: the quote, and what a quote inside such a cell looks like.
//
// Judged by parsing the first rows each way: the way that gives more rows the cells of the header, and fewer cells that
// go on behind their closing quote, is taken; RFC 4180's where nothing speaks against it.
// Thread safety: plain values and free functions without shared state.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/tables/table_format.h"

namespace hitscope::ingest::tables {

struct Quoting {
  char quote = '"';
  bool has_escapes = false;  ///< quotes in cells are written \" and not ""
};

/// The first rows of a table, at most 2,000, parsed one way.
struct ParsedSample {
  std::vector<std::vector<std::string>> rows;
  Quoting quoting;
  std::size_t n_quoted = 0;     ///< cells that begin with the quote
  std::size_t n_malformed = 0;  ///< of these, cells with text behind their closing quote
  std::size_t n_titles = 0;     ///< lines above the header, which are not in `rows`: "Exported from …", "# comment"

  /// Share of the rows with as many cells as the first, but for empty ones at the end; 0 without rows.
  double share_that_fits() const;
};

/// The rows at the beginning of `sample`, whose cells are separated by `delimiter`, without the last one where it may
/// be unfinished.
ParsedSample parsed_sample(std::string_view sample, char delimiter, Quotes quotes);

}  // namespace hitscope::ingest::tables
