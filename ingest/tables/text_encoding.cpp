#include "ingest/tables/text_encoding.h"

#include <iconv.h>
#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <new>

namespace hitscope::ingest::tables {
namespace {

// Code points of the bytes 80 to 9F; the others are their own.
constexpr std::array<std::uint16_t, 32> kWindows1252{0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                     0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                                     0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                     0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

void append_code_point(std::string& text, std::int32_t code_point) {
  std::array<utf8proc_uint8_t, 4> bytes{};
  const utf8proc_ssize_t n = utf8proc_encode_char(code_point, bytes.data());
  text.append(bytes.begin(), bytes.begin() + n);
}

}  // namespace

bool is_ascii(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080U;
  while (text.size() >= sizeof(std::uint64_t)) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, text.data(), sizeof eight);
    if ((eight & kHighBits) != 0) return false;
    text.remove_prefix(sizeof eight);
  }
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    if (static_cast<unsigned char>(text.front()) < 0x80) {
      text.remove_prefix(1);
      continue;
    }
    utf8proc_int32_t code_point = 0;
    const auto n = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                    static_cast<utf8proc_ssize_t>(text.size()), &code_point);
    if (n <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

std::string utf8_from_windows_1252(std::string_view text) {
  std::string result;
  result.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      result += c;
    } else {
      append_code_point(result, byte < 0xA0 ? kWindows1252[byte - 0x80] : byte);
    }
  }
  return result;
}

std::optional<ByteOrder> utf16_order(std::string_view begin) {
  if (begin.starts_with("\xFF\xFE")) return ByteOrder::kLittle;
  if (begin.starts_with("\xFE\xFF")) return ByteOrder::kBig;
  if (begin.size() < 4) return std::nullopt;
  const auto is_zero = [&](std::size_t i) { return begin[i] == '\0'; };
  if (!is_zero(0) && is_zero(1) && !is_zero(2) && is_zero(3)) return ByteOrder::kLittle;
  if (is_zero(0) && !is_zero(1) && is_zero(2) && !is_zero(3)) return ByteOrder::kBig;
  return std::nullopt;
}

void Utf16Decoder::Close::operator()(void* descriptor) const {
  ::iconv_close(descriptor);
}

Utf16Decoder::Utf16Decoder(ByteOrder order) : order_(order) {
  void* descriptor = ::iconv_open("UTF-8", order == ByteOrder::kLittle ? "UTF-16LE" : "UTF-16BE");
  if (descriptor == reinterpret_cast<void*>(-1)) throw std::bad_alloc();  // glibc has both built in
  descriptor_.reset(descriptor);
}

std::size_t Utf16Decoder::convert(std::string& bytes, char* to, std::size_t room) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  std::string_view rest = bytes;
  const std::string_view mark = order_ == ByteOrder::kLittle ? "\xFF\xFE" : "\xFE\xFF";
  if (is_at_start_ && rest.size() >= 2) {
    if (rest.starts_with(mark)) rest.remove_prefix(2);
    is_at_start_ = false;
  }
  char* out = to;
  std::size_t out_left = room;
  while (rest.size() >= 2 && out_left >= 4) {
    char* in = const_cast<char*>(rest.data());  // iconv reads it only
    std::size_t in_left = rest.size();
    const std::size_t code = ::iconv(descriptor_.get(), &in, &in_left, &out, &out_left);
    rest = rest.substr(rest.size() - in_left);
    if (code != static_cast<std::size_t>(-1) || errno != EILSEQ || out_left < 4) break;
    out = std::copy(kReplacement.begin(), kReplacement.end(), out);
    out_left -= kReplacement.size();
    rest.remove_prefix(2);
  }
  bytes.erase(0, bytes.size() - rest.size());
  return room - out_left;
}

}  // namespace hitscope::ingest::tables
