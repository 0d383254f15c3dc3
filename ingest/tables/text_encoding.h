// UTF-8 or not, and Windows-1252 into UTF-8.
//
// Thread safety: free functions without shared state.
#pragma once

#include <string>
#include <string_view>

namespace hitscope::ingest::tables {

bool is_ascii(std::string_view text);
/// As Unicode defines it: no overlong forms, no surrogates.
bool is_utf8(std::string_view text);
/// Never fails: the five bytes that Windows-1252 leaves undefined become the code points of ISO-8859-1, as the WHATWG's
/// encoding standard has it.
std::string utf8_from_windows_1252(std::string_view text);

}  // namespace hitscope::ingest::tables
