// The formats of tables that are read, what separates their cells, and what quotes them.
// Thread safety: constants.
#pragma once

#include <array>
#include <string_view>

#include "dsp/fields.h"

namespace hitscope::ingest::tables {

enum class TableFormat {
  kAuto,        ///< by content; the file's extension decides where the content fits two
  kCsv,         ///< cells between commas
  kTsv,         ///< cells between tabs
  kSemicolons,  ///< cells between semicolons
  kBars,        ///< cells between bars
  kJsonLines    ///< JSON objects: one per line, or those of an array
};
constexpr auto names_of(TableFormat) {
  return std::to_array<dsp::Name<TableFormat>>(
      {{TableFormat::kAuto, "auto", "chosen by the content of the file"},
       {TableFormat::kCsv, "csv", "cells separated by commas"},
       {TableFormat::kTsv, "tsv", "cells separated by tabs"},
       {TableFormat::kSemicolons, "semicolons", "cells separated by semicolons"},
       {TableFormat::kBars, "bars", "cells separated by bars (|)"},
       {TableFormat::kJsonLines, "jsonl", "JSON objects: one per line, or in an array"}});
}
using dsp::to_string;

/// How cells are quoted.
enum class Quotes {
  kAuto,     ///< by content
  kDouble,   ///< between ", which is doubled inside (RFC 4180)
  kEscaped,  ///< between ", which is \" inside (MySQL, Spark)
  kSingle    ///< between '
};
constexpr auto names_of(Quotes) {
  return std::to_array<dsp::Name<Quotes>>(
      {{Quotes::kAuto, "auto", "chosen by the first rows"},
       {Quotes::kDouble, "double", "between double quotes, which are doubled inside a cell"},
       {Quotes::kEscaped, "escaped", "between double quotes, which have a backslash before them inside a cell"},
       {Quotes::kSingle, "single", "between single quotes"}});
}

/// How a table is written, as far as the user says.
struct TableWriting {
  TableFormat format = TableFormat::kAuto;
  Quotes quotes = Quotes::kAuto;
  int header_lines = 0;  ///< lines of names, 1 to 4; 0: chosen by the first rows

  template <typename Visit>
  static void describe(Visit&& visit) {
    using C = TableWriting;
    visit(&C::format, {.name = "format", .help = "format of the table"});
    visit(&C::quotes, {.name = "quotes", .help = "how cells of the table are quoted"});
    visit(&C::header_lines, {.name = "header_lines",
                             .help = "lines of the header, whose names are put together (default: chosen by the first "
                                     "rows)",
                             .value = "N",
                             .rule = dsp::between(0, 4)});
  }
};

struct Delimiter {
  char mark;
  TableFormat format;
  std::string_view words;
};
inline constexpr std::array<Delimiter, 4> kDelimiters{{{',', TableFormat::kCsv, "commas"},
                                                       {'\t', TableFormat::kTsv, "tabs"},
                                                       {';', TableFormat::kSemicolons, "semicolons"},
                                                       {'|', TableFormat::kBars, "bars"}}};

}  // namespace hitscope::ingest::tables
