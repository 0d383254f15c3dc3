// What the fetcher reads out of a URL: the host that answers for it, and when a signed one ends.
// Thread safety: free functions without shared state.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace hitscope::ingest {

/// Why `url` cannot be fetched (no host, a scheme other than http and https), or nullopt where it can.
std::optional<std::string> url_problem(const std::string& url);

/// "host:port" in lower case, the port being the scheme's where none stands: what a budget or a credential belongs to.
/// The URL itself where it cannot be parsed.
std::string host_of(const std::string& url);

/// "http", "https", … in lower case; empty where there is none.
std::string scheme_of(const std::string& url);

/// The URL with *** for the password, where it has one: what may be shown and kept.
std::string without_password(const std::string& url);

/// Where `reference` leads from the page at `base`, as a browser would have it; `reference` itself where it cannot be
/// resolved.
std::string resolved(const std::string& base, const std::string& reference);

/// When a signed URL says that it ends: exp= (also inside a token, "hdnea=exp=…~acl=…"), Expires=, se=, or
/// X-Amz-Date + X-Amz-Expires (X-Goog- likewise). nullopt where it says nothing, or nothing that can be read.
/// Times after 2200 are given as 2200, since the clock ends in 2262.
std::optional<std::chrono::system_clock::time_point> link_expiry(const std::string& url);

/// True for equal URLs and for two signed ones that differ in their signatures only: the same file, signed anew.
bool same_resource(const std::string& a, const std::string& b);

}  // namespace hitscope::ingest
