#include "ingest/tables/column_naming.h"

#include <map>
#include <string_view>

namespace hitscope::ingest::tables {

std::optional<std::string> name_columns(std::vector<std::string>& header) {
  const auto made = [](std::size_t i) { return "column-" + std::to_string(i + 1); };
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (header[i].empty()) header[i] = made(i);
  }
  std::map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const auto [former, is_new] = places.emplace(header[i], i);
    if (is_new) continue;
    const bool may_be_levels = former->second + 1 == i && header[i] != made(former->second) && header[i] != made(i);
    return "columns " + std::to_string(former->second + 1) + " and " + std::to_string(i + 1) + " are both named '" +
           header[i] + "'; names must be unique" +
           (may_be_levels ? "; `header_lines` 2 reads a header of two lines" : "");
  }
  return std::nullopt;
}

}  // namespace hitscope::ingest::tables
