#include "ingest/response_headers.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <utility>

namespace hitscope::ingest {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

bool equal_but_for_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

/// Not a directive with a value ("max-snippet: 5"), nor a piece of a date in one ("… 03 Dec 2025 13:09:53").
bool is_agent(std::string_view name) {
  if (name.find(' ') != std::string_view::npos) return false;
  for (const std::string_view directive :
       {"max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"}) {
    if (equal_but_for_case(name, directive)) return false;
  }
  return true;
}

/// RFC 9110's entity-tag but a weak one: '"', then 0x21, 0x23 to 0x7E, then '"'.
bool is_strong_etag(std::string_view etag) {
  if (etag.size() < 2 || etag.front() != '"' || etag.back() != '"') return false;
  etag = etag.substr(1, etag.size() - 2);
  return std::all_of(etag.begin(), etag.end(), [](char c) { return c == 0x21 || (c >= 0x23 && c <= 0x7E); });
}

bool is_date(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7E; }) &&
         curl_getdate(text.c_str(), nullptr) != -1;
}

template <typename T>
std::optional<T> number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

void ResponseHeaders::read_line(std::string_view line) {
  const std::size_t n = n_bytes + line.size();
  if (is_complete) {  // what comes now are trailers, whatever they look like
    n_bytes = n;
    return;
  }
  is_complete = status >= 200 && (line == "\r\n" || line == "\n");
  if (line.starts_with("HTTP/")) {
    *this = {};
    const std::size_t space = line.find(' ');
    if (space != std::string_view::npos) status = number<long>(line.substr(space + 1, 3)).value_or(0);
  }
  n_bytes = n;
  const bool goes_on = line.starts_with(' ') || line.starts_with('\t');  // a folded header
  if (goes_on && in_robots_tag) x_robots_tag.append(" ").append(trimmed(line));
  const std::size_t colon = line.find(':');
  if (goes_on || colon == std::string_view::npos) return;
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trimmed(line.substr(colon + 1));
  const std::array<std::pair<std::string_view, std::string*>, 7> kept{{{"retry-after", &retry_after},
                                                                       {"etag", &etag},
                                                                       {"last-modified", &last_modified},
                                                                       {"location", &location},
                                                                       {"content-range", &content_range},
                                                                       {"accept-ranges", &accept_ranges},
                                                                       {"content-encoding", &content_encoding}}};
  for (const auto& [wanted, field] : kept) {
    if (equal_but_for_case(name, wanted)) *field = value;
  }
  in_robots_tag = equal_but_for_case(name, "x-robots-tag");
  if (in_robots_tag) x_robots_tag.append(x_robots_tag.empty() ? "" : "\n").append(value);
}

bool is_gzipped(const ResponseHeaders& headers) {
  return equal_but_for_case(headers.content_encoding, "gzip") || equal_but_for_case(headers.content_encoding, "x-gzip");
}

std::optional<std::chrono::seconds> retry_after(const std::string& value, std::chrono::system_clock::time_point now) {
  using std::chrono::seconds;
  const std::string_view text = trimmed(value);
  if (text.empty()) return std::nullopt;
  if (text == "-") return std::nullopt;
  const bool is_number = text.find_first_not_of("0123456789", text.front() == '-' ? 1 : 0) == std::string_view::npos;
  if (is_number) {
    if (text.front() == '-') return seconds(0);
    constexpr std::int64_t kLongest = 1'000'000'000;  // the caller's limit is far below
    return seconds(std::min(number<std::int64_t>(text).value_or(kLongest), kLongest));
  }
  const std::time_t at = curl_getdate(std::string(text).c_str(), nullptr);
  if (at == -1) return std::nullopt;
  const std::chrono::sys_seconds then{seconds(at)};  // nanoseconds would end in 2262
  return std::max(then - std::chrono::floor<seconds>(now), seconds(0));
}

bool opts_out(std::string_view x_robots_tag) {
  while (!x_robots_tag.empty()) {
    const std::size_t end = std::min(x_robots_tag.find('\n'), x_robots_tag.size());
    std::string_view line = x_robots_tag.substr(0, end);
    x_robots_tag.remove_prefix(std::min(end + 1, x_robots_tag.size()));
    bool for_us = true;  // until an agent is named, which holds for the rest of the line
    while (!line.empty()) {
      const std::size_t comma = std::min(line.find(','), line.size());
      std::string_view directive = line.substr(0, comma);
      line.remove_prefix(std::min(comma + 1, line.size()));
      if (const std::size_t colon = directive.find(':'); colon != std::string_view::npos) {
        const std::string_view agent = trimmed(directive.substr(0, colon));
        if (is_agent(agent)) for_us = equal_but_for_case(agent, "hitscope") || agent == "*";
        directive = directive.substr(colon + 1);
      }
      for (const std::string_view word : {"noai", "noindex", "none"}) {
        if (for_us && equal_but_for_case(trimmed(directive), word)) return true;
      }
    }
  }
  return false;
}

bool is_validator(const std::string& text) {
  return is_strong_etag(text) || is_date(text);
}

std::string range_validator(const ResponseHeaders& headers) {
  if (equal_but_for_case(headers.accept_ranges, "none")) return "";
  if (is_strong_etag(headers.etag)) return headers.etag;
  return is_date(headers.last_modified) ? headers.last_modified : "";
}

std::optional<ContentRange> content_range(std::string_view value) {
  constexpr std::string_view kUnit = "bytes ";
  if (!value.starts_with(kUnit)) return std::nullopt;
  value.remove_prefix(kUnit.size());
  const std::size_t dash = value.find('-');
  const std::size_t slash = value.find('/');
  if (dash == std::string_view::npos || slash == std::string_view::npos || slash < dash) return std::nullopt;
  const auto first = number<std::size_t>(trimmed(value.substr(0, dash)));
  const auto last = number<std::size_t>(trimmed(value.substr(dash + 1, slash - dash - 1)));
  if (!first || !last || *last < *first) return std::nullopt;
  return ContentRange{*first, *last, number<std::size_t>(trimmed(value.substr(slash + 1)))};
}

}  // namespace hitscope::ingest
