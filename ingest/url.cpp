#include "ingest/url.h"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string_view>

#include "ingest/browser_url.h"

namespace hitscope::ingest {
namespace {

using Seconds = std::chrono::sys_seconds;  // the clock's nanoseconds end in 2262

struct UrlCleanup {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using ParsedUrl = std::unique_ptr<CURLU, UrlCleanup>;

/// curl_url_set() of the whole URL: a text that goes on behind a NUL, where C ends it, is no URL.
CURLUcode set_url(const ParsedUrl& handle, const std::string& url, unsigned flags) {
  if (url.find('\0') != std::string::npos) return CURLUE_MALFORMED_INPUT;
  return curl_url_set(handle.get(), CURLUPART_URL, url.c_str(), flags);
}

ParsedUrl parsed(const std::string& url) {
  ParsedUrl handle(curl_url());
  if (!handle) throw std::bad_alloc();
  if (set_url(handle, url, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) return nullptr;
  return handle;
}

std::string part_of(const ParsedUrl& url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url.get(), part, &text, flags) != CURLUE_OK) return "";
  std::string result = text;
  curl_free(text);
  return result;
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) { return std::tolower(c); });
  return result;
}

std::optional<std::int64_t> integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Seconds since 1970, milliseconds where the number is too large for that.
std::optional<Seconds> epoch_time(std::string_view text) {
  constexpr std::int64_t kYear2001 = 1'000'000'000;  // what is less is no time but some other number
  constexpr std::int64_t kYear5138 = 100'000'000'000;
  const auto value = integer(text);
  if (!value || *value < kYear2001 || *value > 1000 * kYear5138) return std::nullopt;
  return Seconds(std::chrono::seconds(*value < kYear5138 ? *value : *value / 1000));
}

/// Parses a time in UTC: "20240131T235959Z" or "2024-01-31T23:59:59Z".
std::optional<Seconds> iso_time(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (std::isdigit(static_cast<unsigned char>(c)) != 0) digits += c;
  }
  if (digits.size() < 14) return std::nullopt;
  const auto number = [&](std::size_t from, std::size_t n) {
    return static_cast<int>(*integer(std::string_view(digits).substr(from, n)));
  };
  const std::chrono::year_month_day date{std::chrono::year(number(0, 4)),
                                         std::chrono::month(static_cast<unsigned>(number(4, 2))),
                                         std::chrono::day(static_cast<unsigned>(number(6, 2)))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(number(8, 2)) + std::chrono::minutes(number(10, 2)) +
         std::chrono::seconds(number(12, 2));
}

/// Query parameters by lower-case name. '~' and ';' part them too: tokens hold fields of their own
/// ("token=exp=1~acl=/").
std::map<std::string, std::string> query_fields(const ParsedUrl& url) {
  std::map<std::string, std::string> fields;
  const std::string query = part_of(url, CURLUPART_QUERY, CURLU_URLDECODE);
  std::size_t begin = 0;
  while (begin < query.size()) {
    const std::size_t end = std::min(query.find_first_of("&~;", begin), query.size());
    const std::string_view field = std::string_view(query).substr(begin, end - begin);
    const std::size_t value = field.rfind('=');
    const std::size_t name = value == std::string_view::npos || value == 0 ? 0 : field.rfind('=', value - 1) + 1;
    if (value != std::string_view::npos) {
      fields.emplace(lower(field.substr(name, value - name)), field.substr(value + 1));
    }
    begin = end + 1;
  }
  return fields;
}

std::optional<Seconds> expiry_of(const ParsedUrl& handle) {
  const auto fields = query_fields(handle);
  const auto field = [&](const char* name) -> std::optional<std::string> {
    const auto found = fields.find(name);
    return found == fields.end() ? std::nullopt : std::optional(found->second);
  };
  for (const char* vendor : {"x-amz-", "x-goog-"}) {
    const auto date = field((std::string(vendor) + "date").c_str());
    const auto seconds = field((std::string(vendor) + "expires").c_str());
    if (!date || !seconds) continue;
    const auto begin = iso_time(*date);
    const auto valid = integer(*seconds);
    constexpr std::int64_t kCentury = 3'155'760'000;
    if (begin && valid && *valid >= 0 && *valid < kCentury) return *begin + std::chrono::seconds(*valid);
  }
  for (const char* name : {"exp", "expires", "expiry"}) {
    if (const auto value = field(name)) {
      if (const auto time = epoch_time(*value)) return time;
    }
  }
  if (const auto value = field("se")) return iso_time(*value);
  return std::nullopt;
}

/// The query without what signs it and for how long.
std::map<std::string, std::string> unsigned_fields(const ParsedUrl& url) {
  auto fields = query_fields(url);
  std::erase_if(fields, [](const auto& field) {
    static const std::set<std::string_view> kSigning{"exp",
                                                     "expires",
                                                     "expiry",
                                                     "acl",
                                                     "hmac",
                                                     "token",
                                                     "signature",
                                                     "sig",
                                                     "policy",
                                                     "se",
                                                     "sp",
                                                     "sv",
                                                     "sr",
                                                     "st",
                                                     "key-pair-id",
                                                     "ip",
                                                     "hash",
                                                     "verify",
                                                     "hdnea",
                                                     "hdnts",
                                                     "awsaccesskeyid",
                                                     "googleaccessid",
                                                     "__token__"};
    return kSigning.contains(field.first) || field.first.starts_with("x-amz-") || field.first.starts_with("x-goog-");
  });
  return fields;
}

/// A URL that cannot be parsed, with *** for what stands before its last '@'.
std::string masked_by_text(const std::string& url) {
  const std::size_t slashes = url.find("//");
  const std::size_t begin = slashes == std::string::npos ? 0 : slashes + 2;
  const std::size_t at = url.rfind('@');
  return at < begin ? url : url.substr(0, begin) + "***" + url.substr(at);
}

}  // namespace

std::optional<std::string> url_problem(const std::string& url) {
  if (url.empty()) return "is empty; every row needs an http or https URL";
  if (url.starts_with("//")) return "has no scheme; write https: or http: before its slashes";
  const ParsedUrl handle(curl_url());
  const CURLUcode code = set_url(handle, url, CURLU_NON_SUPPORT_SCHEME);
  if (code != CURLUE_OK)
    return "is not a URL (" + std::string(curl_url_strerror(code)) + "); it must be an http or https URL";
  const std::string scheme = part_of(handle, CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") return "has the scheme '" + scheme + "'; it must be http or https";
  if (!part_of(handle, CURLUPART_ZONEID).empty())  // browsers take none either
    return "has an address with a zone (behind %), which means something on one machine only; leave the zone out";
  const std::string host = part_of(handle, CURLUPART_HOST);
  // libcurl has decoded it once: a percent sign that is left would be decoded again, to another host.
  if (host.find('%') != std::string::npos || !ascii_host(host))
    return "has the host '" + host + "', which cannot be a host's name; correct its letters";
  const std::string port = part_of(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  if (!is_bad_port(static_cast<unsigned>(integer(port).value_or(0)))) return std::nullopt;
  return "has the port " + port + ", which belongs to another service and which no browser uses for http; correct it";
}

std::string host_of(const std::string& url) {
  const ParsedUrl handle = parsed(browser_url(url));
  if (!handle) return url;
  return lower(part_of(handle, CURLUPART_HOST)) + ":" + part_of(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT);
}

std::string scheme_of(const std::string& url) {
  const std::size_t colon = url.find(':');
  return colon == std::string::npos ? "" : lower(std::string_view(url).substr(0, colon));
}

std::string without_password(const std::string& url) {
  if (url.find('@') == std::string::npos) return url;
  const ParsedUrl handle = parsed(url);
  if (!handle) return masked_by_text(url);
  if (part_of(handle, CURLUPART_USER).empty() && part_of(handle, CURLUPART_PASSWORD).empty()) return url;
  // A user without a password may be a token.
  const bool has_password = !part_of(handle, CURLUPART_PASSWORD).empty();
  curl_url_set(handle.get(), has_password ? CURLUPART_PASSWORD : CURLUPART_USER, "***", 0);
  return part_of(handle, CURLUPART_URL);
}

std::string resolved(const std::string& base, const std::string& reference) {
  const ParsedUrl handle = parsed(base);
  const std::string wanted = browser_url(reference);
  if (!handle) return wanted;
  const unsigned flags = CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE | CURLU_ALLOW_SPACE;
  if (set_url(handle, wanted, flags) != CURLUE_OK) return wanted;
  const std::string url = part_of(handle, CURLUPART_URL);
  return url.empty() ? wanted : browser_url(url);
}

std::optional<std::chrono::system_clock::time_point> link_expiry(const std::string& url) {
  const ParsedUrl handle = parsed(url);
  const auto expiry = handle ? expiry_of(handle) : std::nullopt;
  constexpr Seconds kYear2200{std::chrono::sys_days(std::chrono::year(2200) / 1 / 1)};
  if (!expiry) return std::nullopt;
  return std::clamp(*expiry, Seconds{}, kYear2200);  // nanoseconds since 1970 overflow in 1677 and 2262
}

bool same_resource(const std::string& a, const std::string& b) {
  if (a == b) return true;
  const std::size_t query = a.find('?');
  if (query == std::string::npos || b.find('?') != query || a.compare(0, query, b, 0, query) != 0) return false;
  if (!link_expiry(a) || !link_expiry(b)) return false;
  return unsigned_fields(parsed(a)) == unsigned_fields(parsed(b));
}

}  // namespace hitscope::ingest
