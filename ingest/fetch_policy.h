// What a finished HTTP transfer means: a clip, or a failure and what to do next. Pure functions.
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

/// How a transfer ended, in libcurl's and HTTP's words.
struct TransferEnd {
  int curl_code = 0;                ///< CURLcode
  std::string curl_message;         ///< libcurl's words for it
  long http_status = 0;             ///< of the last response, 0 where there was none
  std::string url;                  ///< that was asked for
  ResponseHeaders headers;          ///< of the last response
  std::span<const std::byte> body;  ///< or its beginning, 64 KiB at least
  std::size_t n_bytes = 0;          ///< of the whole body, with what an earlier attempt had brought of it
  bool continues = false;           ///< a range was asked for: status 206 is the rest of the body
  bool forbidden_address = false;   ///< refused before connecting, see FetchConfig::allow_private_addresses
  bool too_large = false;           ///< stopped at the size limit
  bool too_slow = false;            ///< stopped for bringing fewer bytes than FetchConfig::min_bytes_per_second
  bool bad_headers = false;         ///< stopped at the size limit of headers
  bool obeys_robots_tag = true;     ///< FetchConfig::obey_robots_tag
  std::chrono::system_clock::time_point now;  ///< to tell whether a signed URL has ended
};

/// nullopt: the body is a clip. Otherwise the failure and what to do:
///   kRetry what may pass: timeouts, resets, truncated bodies, 408, 425, 429, 5xx, an API's "quota exceeded";
///   kSkip  what will not: other statuses, expired links, pages and bytes that are not audio, size, opt-outs;
///   kStop  what every row would meet: no certificates, a proxy that cannot be used.
/// `detail` says what happened; the caller adds the row.
std::optional<Failure> classify(const TransferEnd& end);

/// True for a final status that says where to go instead (301, 302, 303, 307, 308).
bool is_redirect(long http_status);
/// Why a redirect to `target` is not followed, being the `n`-th of a row, or nullopt where it is.
std::optional<Failure> redirect_problem(const std::string& target, int n, int max_redirects);

/// Wait before attempt `attempt` + 1 (attempt counts from 1): uniform in [0, min(longest, first * 2^(attempt-1))],
/// "full jitter"; `uniform` is a draw from [0, 1).
std::chrono::milliseconds backoff(int attempt, std::chrono::milliseconds first, std::chrono::milliseconds longest,
                                  double uniform);

/// True for addresses that a public catalogue has no business with: loopback, private, link-local, multicast and other
/// special ranges. `family` is AF_INET or AF_INET6, `address` its 4 or 16 bytes; any other family counts as private.
bool is_private_address(int family, std::span<const std::byte> address);

}  // namespace hitscope::ingest
