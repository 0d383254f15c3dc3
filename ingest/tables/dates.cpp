#include "ingest/tables/dates.h"

#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdio>

namespace hitscope::ingest::tables {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"january",   "february", "march",    "april",
                                                   "may",       "june",     "july",     "august",
                                                   "september", "october",  "november", "december"};

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

/// `fewest` to `most` digits.
std::optional<int> take_number(std::string_view& text, std::size_t fewest, std::size_t most) {
  int value = 0;
  std::size_t n = 0;
  for (; n < most && n < text.size() && is_digit(text[n]); ++n) value = 10 * value + (text[n] - '0');
  if (n < fewest) return std::nullopt;
  text.remove_prefix(n);
  return value;
}

/// Letters, in any case, that are `word` or its first ones: at least `fewest`.
bool is_abbreviation(std::string_view letters, std::string_view word, std::size_t fewest) {
  if (letters.size() < fewest || letters.size() > word.size()) return false;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    if (lower(letters[i]) != word[i]) return false;
  }
  return true;
}

std::optional<int> take_month_name(std::string_view& text) {
  std::size_t n = 0;
  while (n < text.size() && lower(text[n]) >= 'a' && lower(text[n]) <= 'z') ++n;
  const std::string_view letters = text.substr(0, n);
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    const bool is_abbreviated = letters.size() == 3 || is_abbreviation(letters, "sept", 4);
    if (!is_abbreviation(letters, kMonths[i], is_abbreviated ? 3 : kMonths[i].size())) continue;
    text.remove_prefix(n);
    if (is_abbreviated) take(text, '.');
    return static_cast<int>(i + 1);
  }
  return std::nullopt;
}

std::optional<double> days_of(int year, int month, int day) {
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || year < 1) return std::nullopt;
  return static_cast<double>(std::chrono::sys_days(date).time_since_epoch().count());
}

/// Reads AM or PM: the hours to add, or nullopt if `hour` is not one of a 12-hour clock.
std::optional<int> take_half(std::string_view& text, int hour) {
  std::string_view rest = text;
  while (take(rest, ' ')) {
  }
  if (rest.size() < 2 || lower(rest[1]) != 'm' || (lower(rest[0]) != 'a' && lower(rest[0]) != 'p')) return 0;
  if (hour < 1 || hour > 12) return std::nullopt;
  const int shift = (lower(rest[0]) == 'p' ? 12 : 0) - (hour == 12 ? 12 : 0);
  text = rest.substr(2);
  return shift;
}

/// Z, UTC or an offset, as minutes before UTC; all of `text`.
std::optional<int> zone_of(std::string_view text) {
  while (take(text, ' ')) {
  }
  if (text.empty() || text == "Z" || text == "z" || text == "UTC" || text == "GMT") return 0;
  const bool is_minus = text.front() == '-';
  if (!take(text, '+') && !take(text, '-')) return std::nullopt;
  const auto hours = take_number(text, 2, 2);
  if (!hours || *hours > 23) return std::nullopt;
  take(text, ':');
  const auto minutes = text.empty() ? std::optional(0) : take_number(text, 2, 2);
  if (!minutes || *minutes > 59 || !text.empty()) return std::nullopt;
  return (is_minus ? -1 : 1) * (60 * *hours + *minutes);
}

std::optional<double> seconds_of(std::string_view& text) {
  if (!take(text, ':')) return 0.0;
  const auto whole = take_number(text, 2, 2);
  if (!whole || *whole > 60) return std::nullopt;  // 60: a leap second
  double seconds = *whole;
  if (take(text, '.') || take(text, ',')) {
    if (text.empty() || !is_digit(text.front())) return std::nullopt;
    for (double place = 0.1; !text.empty() && is_digit(text.front()); place /= 10) {
      seconds += place * (text.front() - '0');
      text.remove_prefix(1);
    }
  }
  return seconds;
}

/// Reads the time of day after a date as a fraction of a day; no text is midnight.
std::optional<double> time_of(std::string_view text) {
  if (text.empty()) return 0.0;
  if (!take(text, 'T') && !take(text, ' ')) return std::nullopt;
  while (take(text, ' ')) {
  }
  const auto hour = take_number(text, 1, 2);
  if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
  const auto minute = take_number(text, 2, 2);
  if (!minute || *minute > 59) return std::nullopt;
  const auto seconds = seconds_of(text);
  if (!seconds) return std::nullopt;
  const auto half = take_half(text, *hour);
  const auto zone = half ? zone_of(text) : std::nullopt;
  if (!zone) return std::nullopt;
  return ((*hour + *half) * 3600 + (*minute - *zone) * 60 + *seconds) / 86400.0;
}

std::optional<double> with_time(std::optional<double> days, std::string_view rest) {
  if (!days) return std::nullopt;
  const auto time = time_of(rest);
  if (!time) return std::nullopt;
  return *days + *time;
}

std::optional<double> parse_iso(std::string_view text) {
  const auto year = take_number(text, 4, 4);
  if (!year) return std::nullopt;
  if (text.empty()) return days_of(*year, 1, 1);
  const auto month = take(text, '-') ? take_number(text, 2, 2) : std::nullopt;
  if (!month) return std::nullopt;
  if (text.empty()) return days_of(*year, *month, 1);
  const auto day = take(text, '-') ? take_number(text, 2, 2) : std::nullopt;
  if (!day) return std::nullopt;
  return with_time(days_of(*year, *month, *day), text);
}

struct DateParts {
  std::optional<int> year;
  std::optional<int> month;
  std::optional<int> day;
};

/// Reads the part of the specifier `c`; with `is_packed` no literal separates it from the next part.
bool take_part(std::string_view& text, char c, bool is_packed, DateParts& parts) {
  const std::size_t fewest = is_packed ? 2 : 1;
  switch (c) {
    case 'Y':
      return (parts.year = take_number(text, 4, 4)).has_value();
    case 'y':
      parts.year = take_number(text, 2, 2);
      if (parts.year) *parts.year += *parts.year < 69 ? 2000 : 1900;
      return parts.year.has_value();
    case 'm':
      return (parts.month = take_number(text, fewest, 2)).has_value();
    case 'B':
    case 'b':
      return (parts.month = take_month_name(text)).has_value();
    case 'd':
      return (parts.day = take_number(text, fewest, 2)).has_value();
    default:
      return false;
  }
}

}  // namespace

bool is_date_format(std::string_view format) {
  if (format == "iso") return true;
  int years = 0;
  int months = 0;
  int days = 0;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') continue;
    const char c = ++i < format.size() ? format[i] : '\0';
    years += c == 'Y' || c == 'y';
    months += c == 'm' || c == 'B' || c == 'b';
    days += c == 'd';
    if (std::string_view("YymBbd").find(c) == std::string_view::npos || c == '\0') return false;
  }
  return years == 1 && months == 1 && days == 1;
}

std::optional<double> parse_date(std::string_view text, std::string_view format) {
  if (format == "iso") return parse_iso(text);
  const bool is_packed = format.find_first_not_of("%YymdBb") == std::string_view::npos;
  DateParts parts;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] == '%' && i + 1 < format.size()) {
      if (!take_part(text, format[++i], is_packed, parts)) return std::nullopt;
    } else if (!take(text, format[i])) {
      return std::nullopt;
    }
  }
  if (!parts.year || !parts.month || !parts.day) return std::nullopt;
  return with_time(days_of(*parts.year, *parts.month, *parts.day), text);
}

std::string date_text(double days) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days(static_cast<long>(std::floor(days)))}};
  std::array<char, 32> text{};
  const int n = std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                              static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return {text.data(), static_cast<std::size_t>(n)};
}

}  // namespace hitscope::ingest::tables
