// Reads and interprets the headers of an HTTP response that decide what the fetcher does next.
// Thread safety: plain values and free functions without shared state.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace hitscope::ingest {

/// Values as they were sent; empty for a header that was not sent.
struct ResponseHeaders {
  long status = 0;  ///< status in the status line before these headers
  std::string retry_after;
  std::string etag;
  std::string last_modified;
  std::string location;
  std::string content_range;
  std::string accept_ranges;
  std::string content_encoding;
  std::string x_robots_tag;  ///< several headers are joined by newlines
  std::size_t n_bytes = 0;   ///< size of all header lines so far, also of interim (1xx) responses

  bool is_complete = false;    ///< the headers of a final response have ended: lines that follow are trailers
  bool in_robots_tag = false;  ///< the last line belongs to x_robots_tag, which may continue

  /// Reads one line; a status line clears the values of the response before. Trailers are counted and not read.
  void read_line(std::string_view line);
};

/// Whether Content-Encoding says that the body is gzipped.
bool is_gzipped(const ResponseHeaders& headers);

/// The wait that Retry-After asks for as seconds or as an HTTP date; zero for a time that has passed or a negative
/// number, nullopt for an empty or invalid value.
std::optional<std::chrono::seconds> retry_after(const std::string& value, std::chrono::system_clock::time_point now);

/// Whether X-Robots-Tag forbids our use: noai, noindex or none, for every agent or for hitscope.
bool opts_out(std::string_view x_robots_tag);

/// Whether `text` may stand in If-Range: a strong ETag as RFC 9110 writes it, or a date.
bool is_validator(const std::string& text);

/// The value for If-Range: the ETag if it is a strong one, else Last-Modified if it is a date; empty if there is
/// neither or the server does not serve ranges.
std::string range_validator(const ResponseHeaders& headers);

/// A Content-Range: "bytes 200-999/1000" is {200, 999, 1000}; `total` is nullopt for "*".
struct ContentRange {
  std::size_t first = 0;
  std::size_t last = 0;
  std::optional<std::size_t> total;
};
/// Parses a Content-Range; nullopt if it cannot be read.
std::optional<ContentRange> content_range(std::string_view value);

}  // namespace hitscope::ingest
