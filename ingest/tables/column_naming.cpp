#include "ingest/tables/column_naming.h"

#include <map>
#include <string_view>

namespace hitscope::ingest::tables {

std::optional<std::string> name_columns(std::vector<std::string>& header) {
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (header[i].empty()) header[i] = "column-" + std::to_string(i + 1);
  }
  std::map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const auto [former, is_new] = places.emplace(header[i], i);
    if (is_new) continue;
    return "columns " + std::to_string(former->second + 1) + " and " + std::to_string(i + 1) + " are both named '" +
           header[i] + "'; names must be unique";
  }
  return std::nullopt;
}

}  // namespace hitscope::ingest::tables
