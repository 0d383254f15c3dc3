#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/tables/blanks.h"
#include "ingest/tables/cleaning.h"

namespace hitscope::ingest::tables {
namespace {

using Codes = std::vector<std::int32_t>;

/// Bytes that are no UTF-8 become codes that no character has, so that they come out again as they are.
constexpr std::int32_t kRawByte = 0x200000;
constexpr std::int32_t kFullWidth = 0xFF01;  // to 0xFF5E: ASCII's characters as wide as ideographs
constexpr std::int32_t kFullWidthEnd = 0xFF5E;

bool is_ascii(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  }
  return true;
}

std::int32_t ascii_lower(unsigned char c) {
  return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

/// Accents of Latin, Greek and Cyrillic. Not every mark: those of Devanagari are vowels, and か is not が.
bool is_accent(std::int32_t code) {
  return (code >= 0x0300 && code <= 0x036F) || (code >= 0x1AB0 && code <= 0x1AFF) ||
         (code >= 0x1DC0 && code <= 0x1DFF) || (code >= 0xFE20 && code <= 0xFE2F);
}

/// Lower case and decomposed, without accents.
void fold(std::string_view text, Codes& codes) {
  codes.clear();
  if (is_ascii(text)) {
    for (const char c : text) codes.push_back(ascii_lower(static_cast<unsigned char>(c)));
    return;
  }
  constexpr auto kOptions =
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
  const auto* const bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const auto n_bytes = static_cast<utf8proc_ssize_t>(text.size());
  codes.resize(text.size() + 8);
  utf8proc_ssize_t n = utf8proc_decompose(bytes, n_bytes, codes.data(), std::ssize(codes), kOptions);
  if (n > std::ssize(codes)) {
    codes.resize(static_cast<std::size_t>(n));
    n = utf8proc_decompose(bytes, n_bytes, codes.data(), n, kOptions);
  }
  if (n < 0) {
    codes.clear();
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      codes.push_back(byte < 0x80 ? ascii_lower(byte) : kRawByte + byte);
    }
    return;
  }
  codes.resize(static_cast<std::size_t>(n));
  std::erase_if(codes, is_accent);
  for (std::int32_t& code : codes) {
    if (code >= kFullWidth && code <= kFullWidthEnd) {
      code = ascii_lower(static_cast<unsigned char>(code - kFullWidth + '!'));
    }
  }
}

enum class Part : std::uint8_t { kKept, kBlank, kNothing };  ///< what becomes of a character in a key

/// Dashes, '/', '&' and '_' part words; other punctuation does not: "don't" is "dont", "Jay-Z" is "jay z".
Part part_of_category(std::int32_t code) {
  switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_PD:
    case UTF8PROC_CATEGORY_PC:
      return Part::kBlank;
    case UTF8PROC_CATEGORY_PS:
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PI:
    case UTF8PROC_CATEGORY_PF:
    case UTF8PROC_CATEGORY_PO:
    case UTF8PROC_CATEGORY_SK:
    case UTF8PROC_CATEGORY_CF:
      return code == '/' || code == '&' ? Part::kBlank : Part::kNothing;
    default:
      return Part::kKept;
  }
}

Part part_of(std::int32_t code) {
  static const std::array<Part, 0x80> ascii = [] {
    std::array<Part, 0x80> parts{};
    for (std::int32_t i = 0; i < 0x80; ++i) parts[static_cast<std::size_t>(i)] = part_of_category(i);
    return parts;
  }();
  if (code < 0x80) return ascii[static_cast<std::size_t>(code)];
  return code >= kRawByte ? Part::kKept : part_of_category(code);
}

void append_code(std::string& text, std::int32_t code) {
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code >= kRawByte) {
    text += static_cast<char>(code - kRawByte);
  } else {
    std::array<utf8proc_uint8_t, 4> bytes{};
    const utf8proc_ssize_t n = utf8proc_encode_char(code, bytes.data());
    text.append(reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(n));
  }
}

/// Appends the words of codes[begin, end) to `key`, separated by one space; false if there are none.
bool append_words(std::string& key, const Codes& codes, std::size_t begin, std::size_t end) {
  const std::size_t key_begin = key.size();
  bool blank = false;
  for (std::size_t i = begin; i < end; ++i) {
    const Part part = part_of(codes[i]);
    if (part == Part::kBlank) blank = true;
    if (part != Part::kKept) continue;
    if (blank && key.size() > key_begin) key += ' ';
    blank = false;
    append_code(key, codes[i]);
  }
  return key.size() > key_begin;
}

/// Place in "([{【", or of the closing ones; 4 for no bracket.
std::size_t bracket_of(std::int32_t code, std::u32string_view brackets) {
  return std::min<std::size_t>(brackets.find(static_cast<char32_t>(code)), 4);
}

/// Removes text in brackets that are closed.
void without_brackets(const Codes& codes, Codes& outside) {
  struct Open {
    std::size_t bracket;
    std::size_t place;
  };
  std::vector<Open> open;
  std::array<std::size_t, 4> n_open{};  // open brackets by kind, so that a thousand "(" are not searched for every "]"
  outside.clear();
  for (const std::int32_t code : codes) {
    const std::size_t closed = bracket_of(code, U")]}】");
    if (closed < 4 && n_open[closed] > 0) {
      while (open.back().bracket != closed) {
        --n_open[open.back().bracket];
        open.pop_back();
      }
      outside.resize(open.back().place);
      outside.push_back(' ');
      --n_open[closed];
      open.pop_back();
      continue;
    }
    const std::size_t opened = bracket_of(code, U"([{【");
    if (opened < 4) {
      open.push_back({opened, outside.size()});
      ++n_open[opened];
    }
    outside.push_back(code);
  }
}

/// Where " - " begins, with any dash.
std::size_t tail_begin(const Codes& codes) {
  for (std::size_t i = 1; i + 1 < codes.size(); ++i) {
    const bool is_dash = codes[i] == '-' || (codes[i] >= 0x2010 && codes[i] <= 0x2015);
    if (is_dash && part_of(codes[i - 1]) == Part::kBlank && part_of(codes[i + 1]) == Part::kBlank) return i - 1;
  }
  return codes.size();
}

bool append_artist(std::string& key, const Codes& codes) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= codes.size(); ++i) {
    if (i < codes.size() && codes[i] != ';' && codes[i] != ',') continue;
    if (append_words(key, codes, begin, i)) return true;
    begin = i + 1;
  }
  return false;
}

}  // namespace

std::string song_key(std::string_view artist, std::string_view title) {
  std::string key;
  Codes codes;
  fold(artist, codes);
  if (!append_artist(key, codes)) return "";
  key += " - ";  // no name has a dash left
  fold(title, codes);
  Codes outside;
  without_brackets(codes, outside);
  if (append_words(key, outside, 0, tail_begin(outside))) return key;
  return append_words(key, codes, 0, codes.size()) ? key : "";
}

std::string artist_key(std::string_view artist) {
  std::string key;
  Codes codes;
  fold(artist, codes);
  return append_artist(key, codes) ? key : std::string(without_blanks(artist));
}

std::string isrc_key(std::string_view isrc) {
  std::string key;
  for (const char c : isrc) {
    if (c == '-' || c == ' ' || c == '\t') continue;
    const bool is_lower = c >= 'a' && c <= 'z';
    if (!is_lower && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9')) return "";
    key += is_lower ? static_cast<char>(c - ('a' - 'A')) : c;
  }
  return key.size() == 12 ? key : "";
}

}  // namespace hitscope::ingest::tables
