// Decides what a finished HTTP transfer means: a clip, or a failure and what to do next. It does no I/O.
// Thread safety: free functions without shared state.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "ingest/failure.h"
#include "ingest/response_headers.h"

namespace hitscope::ingest {

/// How a transfer ended.
struct TransferEnd {
  int curl_code = 0;                          ///< CURLcode
  std::string curl_message;                   ///< libcurl's message for it
  long http_status = 0;                       ///< status of the last response; 0 without one
  std::string url;                            ///< requested URL
  ResponseHeaders headers;                    ///< headers of the last response
  std::span<const std::byte> body;            ///< the body, or at least its first 64 KiB
  std::size_t n_bytes = 0;                    ///< bytes of the body so far, including earlier attempts
  bool continues = false;                     ///< a range was requested: status 206 is the rest of the body
  std::string forbidden_address;              ///< what the address is that was refused before connecting
  bool too_large = false;                     ///< stopped at the size limit
  std::optional<Failure> gzip_failure;        ///< why its gzip encoding could not be undone
  bool too_slow = false;                      ///< stopped for being slower than min_bytes_per_second
  bool bad_headers = false;                   ///< stopped at the size limit for headers
  bool proxy_wants_password = false;          ///< the proxy answered CONNECT with 407
  bool obeys_robots_tag = true;               ///< FetchConfig::obey_robots_tag
  std::chrono::system_clock::time_point now;  ///< current time, for the expiry of signed URLs
};

/// nullopt if the body is a clip, else the failure and what to do:
///   kRetry what may pass: timeouts, resets, truncated bodies, 408, 425, 429, 5xx, an API's "quota exceeded";
///   kSkip  what will not: other statuses, expired links, pages and bytes that are not audio, size, opt-outs;
///   kStop  what every row would meet and no server can bring about: no certificates, a proxy that is not found or
///          refuses CONNECT for want of a password.
/// `detail` says what happened; the caller adds the row.
std::optional<Failure> classify(const TransferEnd& end);

/// Whether a failure of this kind says that the host could not be reached, and so nothing about the clip.
bool is_unreached(FailureKind kind);

/// A time for messages: "2026-11-30 21:08 UTC".
std::string utc_text(std::chrono::system_clock::time_point time);

/// Whether the status is a redirect (301, 302, 303, 307 or 308).
bool is_redirect(long http_status);

struct RedirectLimits {
  int max_redirects = 5;
  bool allow_downgrade = false;  ///< follow a redirect from https to http
};
/// Why the `n`-th redirect of a row, from `url` to `target`, is not followed, or nullopt if it is.
std::optional<Failure> redirect_problem(const std::string& url, const std::string& target, int n,
                                        const RedirectLimits& limits);

/// The wait before attempt `attempt` + 1 (attempt counts from 1): uniform in [0, min(longest, first * 2^(attempt-1))],
/// "full jitter"; `uniform` is a draw from [0, 1).
std::chrono::milliseconds backoff(int attempt, std::chrono::milliseconds first, std::chrono::milliseconds longest,
                                  double uniform);

}  // namespace hitscope::ingest
