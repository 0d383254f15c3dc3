// The files that the page is made of, embedded when the program is built: embed.cmake writes page_parts.cpp.
// Thread safety: constants.
#pragma once

#include <string_view>

namespace hitscope::apps::report {

std::string_view frame();          ///< page.html, with the placeholders @STYLE@, @DATA@, @CHART_LIBRARY@ and @PROGRAM@
std::string_view style();          ///< page.css
std::string_view chart_library();  ///< Chart.js 3
std::string_view program();        ///< the .js files, concatenated

}  // namespace hitscope::apps::report
