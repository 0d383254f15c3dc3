// How the quoted cells of a table are written: the quote, and what a quote inside such a cell looks like.
// Thread safety: a free function without shared state.
#pragma once

#include <string_view>

namespace hitscope::ingest::tables {

struct Quoting {
  char quote = '"';
  bool has_escapes = false;  ///< quotes in cells are written \" and not "" (MySQL, Spark)
};

/// The quoting of a table that begins with `sample` and whose cells are separated by `delimiter`. The quote is ' where
/// no cell begins with " and half of the rows or more have a cell between two '.
Quoting sniffed_quoting(std::string_view sample, char delimiter);

}  // namespace hitscope::ingest::tables
