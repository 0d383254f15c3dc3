// What a finished HTTP transfer means: a clip, or a failure and what to do next. Pure functions.
// Thread safety: free functions without shared state.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "ingest/failure.h"

namespace hitscope::ingest {

/// How a transfer ended, in libcurl's and HTTP's words.
struct TransferEnd {
  int curl_code = 0;               ///< CURLcode
  std::string curl_message;        ///< libcurl's words for it
  long http_status = 0;            ///< of the last response, 0 where there was none
  bool forbidden_address = false;  ///< refused before connecting, see FetchConfig::allow_private_addresses
  bool too_large = false;          ///< stopped at the size limit
  std::span<const std::byte> body;
};

/// nullopt: the body is a clip. Otherwise the failure, its action kRetry for what may pass (timeouts, resets, truncated
/// bodies, 408, 425, 429, 5xx) and kSkip for what will not (other statuses, bytes that are not audio, size).
/// `detail` says what happened; the caller adds the row.
std::optional<Failure> classify(const TransferEnd& end);

/// Wait before attempt `attempt` + 1 (attempt counts from 1): uniform in [0, min(longest, first * 2^(attempt-1))],
/// "full jitter"; `uniform` is a draw from [0, 1).
std::chrono::milliseconds backoff(int attempt, std::chrono::milliseconds first, std::chrono::milliseconds longest,
                                  double uniform);

/// True for addresses that a public catalogue has no business with: loopback, private, link-local, multicast and other
/// special ranges. `family` is AF_INET or AF_INET6, `address` its 4 or 16 bytes; any other family counts as private.
bool is_private_address(int family, std::span<const std::byte> address);

}  // namespace hitscope::ingest
