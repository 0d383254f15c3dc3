// Recognises UTF-8, and converts Windows-1252 and UTF-16 to UTF-8.
//
// Thread safety: free functions without shared state; one thread per decoder.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace hitscope::ingest::tables {

bool is_ascii(std::string_view text);
/// Whether `text` is valid UTF-8 by Unicode's definition, without overlong forms and surrogates.
bool is_utf8(std::string_view text);
/// `text` as UTF-8. It never fails: the five bytes that Windows-1252 does not define become the code points of
/// ISO-8859-1, as in the WHATWG's encoding standard.
std::string utf8_from_windows_1252(std::string_view text);

enum class ByteOrder { kLittle, kBig };

/// The order of text that begins with a byte-order mark of UTF-16, or has zeros in every other byte of the first four;
/// nullopt for other text.
std::optional<ByteOrder> utf16_order(std::string_view begin);

/// Converts UTF-16 as it comes; what is not valid becomes U+FFFD, and a byte-order mark at the beginning is dropped.
class Utf16Decoder {
 public:
  explicit Utf16Decoder(ByteOrder order);

  /// Writes UTF-8 to `to` [room], at least 4, and removes from `bytes` what was converted; returns the bytes written.
  /// 0: `bytes` hold no whole character.
  std::size_t convert(std::string& bytes, char* to, std::size_t room);

 private:
  struct Close {
    void operator()(void* descriptor) const;
  };
  std::unique_ptr<void, Close> descriptor_;  // of iconv
  ByteOrder order_;
  bool is_at_start_ = true;
};

}  // namespace hitscope::ingest::tables
