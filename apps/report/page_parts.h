// The files the page is made of, as they were when the program was built: page_parts.cpp is written by embed.cmake.
// Thread safety: constants.
#pragma once

#include <string_view>

namespace hitscope::apps::report {

std::string_view frame();          ///< page.html, with the marks @STYLE@, @DATA@, @CHART_LIBRARY@ and @PROGRAM@ in it
std::string_view style();          ///< page.css
std::string_view chart_library();  ///< Chart.js 3
std::string_view program();        ///< the .js files, one after another

}  // namespace hitscope::apps::report
