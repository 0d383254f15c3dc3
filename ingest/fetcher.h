// Fetcher: many HTTP downloads at once on one thread, by libcurl's multi interface.
//
// Requests are pulled when there is room and every one ends in exactly one call of `done`, in order of completion.
// What may pass is retried with exponential back-off and full jitter; a host that sends Retry-After is left alone for
// so long by all transfers. Bodies are held in memory up to max_bytes. Only http and https, also after redirects. It
// does not write files or keep a journal. Thread safety: one thread per Fetcher.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <tl/expected.hpp>

#include "ingest/failure.h"

namespace hitscope::ingest {

struct FetchConfig {
  int max_connections = 16;                           ///< transfers at once, 1 to 256
  int max_attempts = 5;                               ///< per row, >= 1
  std::chrono::milliseconds first_backoff{500};       ///< ceiling of the first wait, >= 1 ms
  std::chrono::milliseconds longest_backoff{30'000};  ///< ceiling of every wait, Retry-After included
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds stall_timeout{20'000};   ///< a transfer slower than 1 byte/s for so long is given up
  std::chrono::milliseconds total_timeout{120'000};  ///< per attempt
  std::size_t max_bytes = 64U << 20U;                ///< per body, >= 1
  bool allow_private_addresses = false;              ///< connect to loopback and private ranges too
  /// Throws std::invalid_argument naming field, value and rule.
  void validate() const;
};

struct FetchRequest {
  std::size_t row = 0;
  std::string id;
  std::string url;
};

struct FetchResult {
  FetchRequest request;
  tl::expected<std::string, Failure> body;  ///< bytes whose first ones are audio's, or the failure
  long http_status = 0;                     ///< of the last attempt, 0 where there was no response
  int n_attempts = 0;
};

class Fetcher {
 public:
  /// Throws std::invalid_argument for a config that does not validate.
  explicit Fetcher(const FetchConfig& config);
  ~Fetcher();
  Fetcher(Fetcher&&) noexcept;
  Fetcher& operator=(Fetcher&&) noexcept;

  using Next = std::function<std::optional<FetchRequest>()>;
  using Done = std::function<void(FetchResult&&)>;
  /// Runs until `next` is exhausted and all is done. Once `stop` is set no new transfer starts, those under way end,
  /// and what waits for a retry is dropped without a call. Exceptions from the callbacks pass through.
  void run(const Next& next, const Done& done, const std::atomic<bool>& stop);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hitscope::ingest
