// Parses numbers as people and spreadsheets write them. It does not depend on the locale.
//
// Thread safety: free functions without shared state.
#pragma once

#include <optional>
#include <string_view>

namespace hitscope::ingest::tables {

struct NumberFormat {
  char decimal = '.';     ///< '.' or ','
  char thousands = '\0';  ///< ',' '.' ' ' '\'' '_' or none
  bool percent = false;   ///< whether a '%' may follow
};

/// The number in `text`, which must be stripped; nullopt if it is not a number of this format, and for NaN. The result
/// is infinite for "inf", "infinity", "∞" and numbers too large for a double, 0 for those too small. Signs are +, - and
/// U+2212. Thousands separators are optional; groups have three digits, the first one to three and no leading 0
/// ("0,123" is not grouped). ' ' also means no-break and thin spaces, '\'' also U+2019.
std::optional<double> parse_number(std::string_view text, const NumberFormat& format);

}  // namespace hitscope::ingest::tables
