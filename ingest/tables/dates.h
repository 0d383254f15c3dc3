// Parses the dates of tables to days since 1970-01-01, in the Gregorian calendar. It does not depend on the locale:
// names of months are English.
//
// Thread safety: free functions without shared state.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hitscope::ingest::tables {

/// Whether `format` is "iso", or a text with each of year (%Y, %y), month (%m, %B, %b) and day (%d) once.
bool is_date_format(std::string_view format);

/// The date in `text`, which must be stripped; nullopt if it does not fit `format` or is not in the calendar
/// (2023-02-29). As in strptime, %m and %d take one or two digits; %B and %b take a month's name and its abbreviation
/// alike; %y is 1969 to 2068. "iso": 1999, 1999-05, 1999-05-12. A time of day may follow every full date, after blanks
/// or a 'T': 10:00, 10:00:00.5, 10:00 PM, and a zone (Z, UTC, +02:00, +0200, +02) after it; the result is in UTC.
std::optional<double> parse_date(std::string_view text, std::string_view format);

/// The date of `days` since 1970-01-01 as "1999-05-12", without the time of day.
std::string date_text(double days);

}  // namespace hitscope::ingest::tables
