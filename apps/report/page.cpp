#include "apps/report/page.h"

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>

#include "apps/report/page_parts.h"

namespace hitscope::apps::report {
namespace {

/// JSON that cannot end the <script> element it stands in, nor be taken for a comment: these characters appear in
/// strings only, where \u is as good.
std::string inert(std::string_view json) {
  constexpr std::string_view kLineSeparators = "\xE2\x80\xA8\xE2\x80\xA9";  // U+2028, U+2029
  std::string out;
  out.reserve(json.size() + json.size() / 64);
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::string_view three = json.substr(i, 3);
    if (json[i] == '<') {
      out += "\\u003c";
    } else if (json[i] == '>') {
      out += "\\u003e";
    } else if (json[i] == '&') {
      out += "\\u0026";
    } else if (three == kLineSeparators.substr(0, 3) || three == kLineSeparators.substr(3)) {
      out += three == kLineSeparators.substr(0, 3) ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      out += json[i];
    }
  }
  return out;
}

}  // namespace

std::string report_page(const std::string& data_json) {
  const auto first = data_json.find_first_not_of(" \t\r\n");
  if (first == std::string::npos || data_json[first] != '{' || !nlohmann::json::accept(data_json)) {
    throw std::invalid_argument("report_page: data_json '" + data_json.substr(0, 40) +
                                "' must be a JSON object in UTF-8");
  }
  const struct {
    std::string_view mark;
    std::string text;
  } parts[] = {{"@STYLE@", std::string(style())},
               {"@DATA@", inert(data_json)},
               {"@CHART_LIBRARY@", std::string(chart_library())},
               {"@PROGRAM@", std::string(program())}};
  std::string_view rest = frame();
  std::string page;
  // From left to right through the frame alone, so that a mark in the data is text as any other.
  for (const auto& [mark, text] : parts) {
    const auto at = rest.find(mark);
    if (at == std::string_view::npos) throw std::logic_error("page.html lacks " + std::string(mark));
    page += rest.substr(0, at);
    page += text;
    rest.remove_prefix(at + mark.size());
  }
  return page += rest;
}

}  // namespace hitscope::apps::report
