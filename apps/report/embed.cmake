# cmake -D OUT=page_parts.cpp -D FRAME=… -D STYLE=… -D CHART_LIBRARY=… -D PROGRAM="a.js|b.js" -P embed.cmake
# Writes the files' text into a C++ file as raw string literals.
cmake_policy(VERSION 3.25)

function(embed name files)
  set(text "")
  string(REPLACE "|" ";" files "${files}")
  foreach(file IN LISTS files)
    file(READ "${file}" part)
    # What would end the <script> element or the literal early must not be in them.
    foreach(forbidden "</script" ")PAGE_PART\"")
      string(FIND "${part}" "${forbidden}" at)
      if(NOT at EQUAL -1 AND NOT name STREQUAL "frame")
        message(FATAL_ERROR "${file} contains ${forbidden}")
      endif()
    endforeach()
    string(APPEND text "${part}")
  endforeach()
  file(APPEND "${OUT}.new" "std::string_view ${name}() {\n"
       "  static constexpr std::string_view kText = R\"PAGE_PART(${text})PAGE_PART\";\n  return kText;\n}\n\n")
endfunction()

file(WRITE "${OUT}.new" "// Written by apps/report/embed.cmake.\n#include \"apps/report/page_parts.h\"\n\n"
     "namespace hitscope::apps::report {\n\n")
embed(frame "${FRAME}")
embed(style "${STYLE}")
embed(chart_library "${CHART_LIBRARY}")
embed(program "${PROGRAM}")
file(APPEND "${OUT}.new" "}  // namespace hitscope::apps::report\n")
file(RENAME "${OUT}.new" "${OUT}")
