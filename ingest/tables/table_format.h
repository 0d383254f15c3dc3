// The formats of tables that are read, and what separates their cells.
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
