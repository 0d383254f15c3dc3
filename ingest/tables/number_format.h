// Numbers as people and spreadsheets write them. No locale is asked.
//
// Thread safety: free functions without shared state.
#pragma once

#include <optional>
#include <string_view>

namespace hitscope::ingest::tables {

struct NumberFormat {
  char decimal = '.';     ///< '.' or ','
  char thousands = '\0';  ///< ',' '.' ' ' '\'' '_' or none
  bool percent = false;   ///< a '%' may stand at the end
};

/// A number of `format`, without blanks around it; nullopt where it is none, NaN included. Infinite for "inf",
/// "infinity", "∞" and what is too large for a double; 0 for what is too small. The signs are +, - and U+2212. Groups
/// are of three digits, the first of one to three that do not begin with 0 ("0,123" is no group), and may be left out
/// altogether. ' ' stands for the no-break and thin spaces too, '\'' for U+2019.
std::optional<double> parse_number(std::string_view text, const NumberFormat& format);

}  // namespace hitscope::ingest::tables
