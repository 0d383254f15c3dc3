// Reads URLs for the fetcher: the host, redirect targets, and when a signed URL expires.
// Thread safety: free functions without shared state.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace hitscope::ingest {

/// Why `url`, as browser_url() gives it, cannot be fetched (no scheme or host, a scheme other than http and https, a
/// port of other services), or nullopt if it can.
std::optional<std::string> url_problem(const std::string& url);

/// "host:port" in lower case and punycode, with the scheme's port if none is given: the owner of a budget or a
/// credential. The URL itself if it cannot be parsed.
std::string host_of(const std::string& url);

/// The scheme in lower case, as "https"; empty if there is none.
std::string scheme_of(const std::string& url);

/// The URL with *** in place of a password, or of a user without one (a token), so that it may be shown and stored. Of
/// text that is not a URL everything before the last '@' is masked.
std::string without_password(const std::string& url);

/// The URL that `reference` means on the page at `base`, as in a browser; `reference` as browser_url() gives it if it
/// cannot be resolved.
std::string resolved(const std::string& base, const std::string& reference);

/// The expiry time in a signed URL: exp= (also inside a token, "hdnea=exp=…~acl=…"), Expires=, se=, or X-Amz-Date +
/// X-Amz-Expires (X-Goog- likewise). nullopt without one that can be read. Times before 1970 and after 2200 are given
/// as 1970 and 2200, since the clock ends in 1677 and 2262.
std::optional<std::chrono::system_clock::time_point> link_expiry(const std::string& url);

/// Whether two URLs are equal, or differ in their signatures only (the same file, signed again).
bool same_resource(const std::string& a, const std::string& b);

}  // namespace hitscope::ingest
