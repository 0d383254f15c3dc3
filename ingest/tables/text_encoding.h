// Recognises UTF-8, and converts Windows-1252 to UTF-8.
//
// Thread safety: free functions without shared state.
#pragma once

#include <string>
#include <string_view>

namespace hitscope::ingest::tables {

bool is_ascii(std::string_view text);
/// Whether `text` is valid UTF-8 by Unicode's definition, without overlong forms and surrogates.
bool is_utf8(std::string_view text);
/// `text` as UTF-8. It never fails: the five bytes that Windows-1252 does not define become the code points of
/// ISO-8859-1, as in the WHATWG's encoding standard.
std::string utf8_from_windows_1252(std::string_view text);

}  // namespace hitscope::ingest::tables
