// Dates as tables have them, as days since 1970-01-01. The calendar is the Gregorian one; no locale is asked: names of
// months are English.
//
// Thread safety: free functions without shared state.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hitscope::ingest::tables {

/// "iso", or a text with each of year (%Y, %y), month (%m, %B, %b) and day (%d) once.
bool is_date_format(std::string_view format);

/// A date of `format`, without blanks around it; nullopt where it is none, or not in the calendar (2023-02-29).
/// As strptime: %m and %d take one or two digits; %B and %b take a month's name and its abbreviation alike; %y is 1969
/// to 2068. "iso": 1999, 1999-05, 1999-05-12. A time of day may follow every full date, after blanks or a 'T':
/// 10:00, 10:00:00.5, 10:00 PM, and a zone (Z, UTC, +02:00, +0200, +02) after it; the result is in UTC.
std::optional<double> parse_date(std::string_view text, std::string_view format);

/// "1999-05-12" of days since 1970-01-01; a time of day is left out.
std::string date_text(double days);

}  // namespace hitscope::ingest::tables
