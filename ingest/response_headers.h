// The headers of an HTTP response that decide what a fetcher does next, and what they say.
// Thread safety: free functions and plain values.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace hitscope::ingest {

/// Values as they were sent; empty where a header did not come.
struct ResponseHeaders {
  long status = 0;  ///< of the status line that these headers follow
  std::string retry_after;
  std::string etag;
  std::string last_modified;
  std::string location;
  std::string content_range;
  std::string accept_ranges;
  std::string x_robots_tag;  ///< several headers are joined by newlines
  std::size_t n_bytes = 0;   ///< of all header lines so far, those of interim (1xx) responses too

  bool in_robots_tag = false;  ///< the last line was x_robots_tag's, and may go on

  /// Takes one line; a status line starts over.
  void read_line(std::string_view line);
};

/// How long Retry-After asks to wait, from a number of seconds or an HTTP date; zero for a time that has passed or a
/// negative number, nullopt for an empty or unreadable value.
std::optional<std::chrono::seconds> retry_after(const std::string& value, std::chrono::system_clock::time_point now);

/// True where X-Robots-Tag keeps our copies or uses away: noai, noindex or none, for every agent or for hitscope.
bool opts_out(std::string_view x_robots_tag);

/// What may stand in If-Range: the ETag where it is a strong one, else Last-Modified; empty where nothing may, or where
/// the server says that it serves no ranges.
std::string range_validator(const ResponseHeaders& headers);

/// "bytes 200-999/1000" gives {200, 999, 1000}; `total` is nullopt for "*". nullopt where it cannot be read.
struct ContentRange {
  std::size_t first = 0;
  std::size_t last = 0;
  std::optional<std::size_t> total;
};
std::optional<ContentRange> content_range(std::string_view value);

}  // namespace hitscope::ingest
