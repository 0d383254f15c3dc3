#include "ingest/tables/number_format.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "ingest/tables/blanks.h"

namespace hitscope::ingest::tables {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Takes the sign away; false for '+'.
bool take_minus(std::string_view& text) {
  constexpr std::string_view kMinus = "\xE2\x88\x92";
  if (text.starts_with(kMinus)) {
    text.remove_prefix(kMinus.size());
    return true;
  }
  if (!text.starts_with('-') && !text.starts_with('+')) return false;
  const bool is_minus = text.front() == '-';
  text.remove_prefix(1);
  return is_minus;
}

bool is_infinite(std::string_view text) {
  if (text == "\xE2\x88\x9E") return true;
  const auto is_word = [&](std::string_view word) {
    return std::equal(text.begin(), text.end(), word.begin(), word.end(),
                      [](char a, char b) { return (a | 0x20) == b; });
  };
  return is_word("inf") || is_word("infinity");
}

/// Whether a number that from_chars calls out of range is too small: by a negative exponent, or by zeros before the
/// point.
bool is_tiny(std::string_view text) {
  const std::size_t exponent = text.find_first_of("eE");
  if (exponent != std::string_view::npos) return text.substr(exponent + 1).starts_with('-');
  return text.substr(0, text.find('.')).find_first_not_of('0') == std::string_view::npos;
}

/// Digits, '.', exponent; no sign before it.
std::optional<double> parse_plain(std::string_view text) {
  if (text.empty() || !(is_digit(text.front()) || text.front() == '.')) return std::nullopt;
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) return std::nullopt;
  if (error == std::errc::result_out_of_range) return is_tiny(text) ? 0.0 : kInfinity;
  return value;
}

/// Bytes of the separator that `text` begins with, 0 where it begins with none.
std::size_t separator_bytes(std::string_view text, char thousands) {
  if (thousands == '\0' || text.empty()) return 0;
  if (text.front() == thousands) return 1;
  if (thousands == ' ' && text.starts_with("\xC2\xA0")) return 2;
  if (thousands == ' ' && (text.starts_with("\xE2\x80\xAF") || text.starts_with("\xE2\x80\x89"))) return 3;
  if (thousands == '\'' && text.starts_with("\xE2\x80\x99")) return 3;
  return 0;
}

/// A number as parse_plain() reads it, in a buffer: no allocation per cell.
class PlainText {
 public:
  bool append(char c) {
    if (size_ == buffer_.size()) return false;
    buffer_[size_++] = c;
    return true;
  }
  std::string_view text() const { return {buffer_.data(), size_}; }

 private:
  std::array<char, 400> buffer_;  // the largest double has 309 digits
  std::size_t size_ = 0;
};

/// Moves the whole part of `text` to `plain`, without separators; false where its groups are none.
bool take_groups(std::string_view& text, char thousands, PlainText& plain) {
  const bool begins_with_zero = text.starts_with('0');
  std::size_t n_digits = 0;  // digits of the current group
  bool has_groups = false;
  while (!text.empty()) {
    if (is_digit(text.front())) {
      if (!plain.append(text.front())) return false;
      ++n_digits;
      text.remove_prefix(1);
      continue;
    }
    const std::size_t n_bytes = separator_bytes(text, thousands);
    if (n_bytes == 0) break;
    if (has_groups ? n_digits != 3 : (n_digits < 1 || n_digits > 3 || begins_with_zero)) return false;
    has_groups = true;
    n_digits = 0;
    text.remove_prefix(n_bytes);
  }
  return !has_groups || n_digits == 3;
}

std::optional<double> parse_grouped(std::string_view text, const NumberFormat& format) {
  PlainText plain;
  if (!take_groups(text, format.thousands, plain)) return std::nullopt;
  if (text.starts_with(format.decimal)) {
    if (!plain.append('.')) return std::nullopt;
    text.remove_prefix(1);
  }
  for (const char c : text) {
    const bool fits = is_digit(c) || c == 'e' || c == 'E' || c == '+' || c == '-';
    if (!fits || !plain.append(c)) return std::nullopt;
  }
  return parse_plain(plain.text());
}

}  // namespace

std::optional<double> parse_number(std::string_view text, const NumberFormat& format) {
  const bool is_minus = take_minus(text);
  if (format.percent && text.ends_with('%')) {
    text.remove_suffix(1);
    text = without_blanks(text);
  }
  std::optional<double> value;
  if (is_infinite(text)) value = kInfinity;
  if (!value && format.decimal == '.') value = parse_plain(text);
  if (!value && (format.decimal != '.' || format.thousands != '\0')) value = parse_grouped(text, format);
  if (value && is_minus) value = -*value;
  return value;
}

}  // namespace hitscope::ingest::tables
