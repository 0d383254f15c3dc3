// Strips blanks from cells.
// Thread safety: a free function without shared state.
#pragma once

#include <string_view>

namespace hitscope::ingest::tables {

/// `cell` without the spaces, tabs, newlines and no-break spaces (U+00A0) at its ends.
inline std::string_view without_blanks(std::string_view cell) {
  constexpr std::string_view kBlanks = " \t\r\n\v\f";
  constexpr std::string_view kNoBreakSpace = "\xC2\xA0";
  while (true) {
    if (cell.empty()) return cell;
    if (kBlanks.find(cell.front()) != std::string_view::npos) {
      cell.remove_prefix(1);
    } else if (kBlanks.find(cell.back()) != std::string_view::npos) {
      cell.remove_suffix(1);
    } else if (cell.starts_with(kNoBreakSpace)) {
      cell.remove_prefix(kNoBreakSpace.size());
    } else if (cell.ends_with(kNoBreakSpace)) {
      cell.remove_suffix(kNoBreakSpace.size());
    } else {
      return cell;
    }
  }
}

}  // namespace hitscope::ingest::tables
