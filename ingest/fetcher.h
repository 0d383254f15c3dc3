// Fetcher: many HTTP downloads at once on one thread, by libcurl's multi interface.
//
// Rows are pulled from a FetchClient when there is room, and every one ends in exactly one call of done(), in order of
// completion. What may pass is retried with exponential back-off and full jitter; a row with several URLs tries them in
// order. All transfers to a host share one HostBudget. Bodies go to the client in pieces of kPieceBytes, so that memory
// is bounded by connections, not by sizes; what broke off continues by byte range (If-Range) where the server gave a
// validator. Only http and https (1.1), also after redirects, which are followed here: every hop counts for its own
// host. It does not write files or keep a journal. Thread safety: one thread per Fetcher.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "dsp/fields.h"
#include "ingest/audio_type.h"
#include "ingest/failure.h"
#include "ingest/host_budget.h"

namespace hitscope::ingest {

struct FetchConfig {
  HostLimits host;                 ///< of every host
  int max_total_connections = 64;  ///< transfers at once to all hosts
  int max_attempts = 5;            ///< per URL; a wait that the host asks for does not count
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds total_timeout{120'000};  ///< per attempt
  std::chrono::milliseconds stall_timeout{20'000};   ///< window over which min_bytes_per_second is measured
  std::size_t min_bytes_per_second = 1000;           ///< slower transfers are given up
  std::size_t max_bytes = 64U << 20U;                ///< per body
  int max_redirects = 5;                             ///< per attempt
  std::chrono::milliseconds grace{5'000};            ///< after a stop, transfers under way get this long to end
  std::string user_agent = "hitscope/0.1 (batch fetcher of preview clips)";
  std::vector<std::string> headers;      ///< "Name: value", sent to the host of the row's own URL and to no other
  bool allow_private_addresses = false;  ///< connect to loopback and private ranges too
  bool obey_robots_tag = true;           ///< X-Robots-Tag noai, noindex or none: no clip
  bool use_proxy = false;                ///< http_proxy and the like; addresses cannot be checked behind one
  /// Throws FieldError naming field, value and rule.
  void validate() const;

  /// Those of `host` are described there.
  template <typename Visit>
  static void describe(Visit&& visit);

 private:
  template <typename Visit>
  static void describe_limits(Visit&& visit);
};

template <typename Visit>
void FetchConfig::describe(Visit&& visit) {
  using F = FetchConfig;
  visit(&F::obey_robots_tag, {.name = "obey_robots_tag",
                              .help = "keep clips even where the header X-Robots-Tag says noai, noindex or none",
                              .flag = "--ignore-robots-tag"});
  visit(&F::user_agent, {.name = "user_agent", .help = "value of the header User-Agent"});
  visit(&F::headers,
        {.name = "headers",
         .help = "header 'Name: value' to send to the host of a row's URL, but not to hosts that it redirects to",
         .flag = "--header",
         .is_repeated = true});
  visit(&F::max_attempts,
        {.name = "max_attempts",
         .help = "maximum number of attempts per URL; up to ten answers that ask to wait (429, 503) do not count",
         .rule = dsp::at_least(1)});
  visit(&F::max_total_connections, {.name = "max_total_connections",
                                    .help = "maximum number of simultaneous transfers, all hosts together",
                                    .rule = dsp::between(1, 1024),
                                    .flag = "--total-connections"});
  describe_limits(visit);
  visit(&F::allow_private_addresses,
        {.name = "allow_private_addresses", .help = "also connect to loopback and private addresses"});
  visit(&F::use_proxy,
        {.name = "use_proxy", .help = "use the proxy that http_proxy and similar variables name", .flag = "-"});
}

template <typename Visit>
void FetchConfig::describe_limits(Visit&& visit) {
  using F = FetchConfig;
  constexpr dsp::Rule kTimeout = dsp::between(0.001, 1e6);
  visit(&F::connect_timeout, {.name = "connect_timeout", .help = "maximum time to connect", .rule = kTimeout});
  visit(&F::total_timeout,
        {.name = "total_timeout", .help = "maximum time of one attempt", .rule = kTimeout, .flag = "--timeout"});
  visit(&F::min_bytes_per_second,
        {.name = "min_bytes_per_second",
         .help = "minimum speed of a transfer in bytes per second, measured over `stall_timeout`",
         .value = "BYTES",
         .flag = "--min-speed"});
  visit(&F::stall_timeout,
        {.name = "stall_timeout", .help = "time over which the minimum speed is measured", .rule = kTimeout});
  visit(&F::max_bytes,
        {.name = "max_bytes", .help = "maximum size of a body in bytes", .rule = dsp::at_least(1), .flag = "-"});
  visit(&F::max_redirects,
        {.name = "max_redirects", .help = "maximum number of redirects per attempt", .rule = dsp::between(0, 50)});
  visit(&F::grace, {.name = "grace",
                    .help = "time that running transfers have after a stop",
                    .rule = dsp::between(0, 1e6),
                    .flag = "-"});
}

/// What a body was when its first byte came: to continue it, it must still be the same.
struct BodyOrigin {
  std::string url;  ///< as the row has it, before redirects
  std::string etag;
  std::string last_modified;
  std::string validator;    ///< what If-Range takes; empty where the body cannot be continued
  std::size_t n_bytes = 0;  ///< of the whole body; 0: not known
};

/// The beginning of a body that an earlier run has stored.
struct BodyPart {
  BodyOrigin origin;
  std::size_t n_bytes = 0;
  std::function<std::string()> head;  ///< reads its first bytes, kHeadBytes or all
};

struct FetchRequest {
  std::size_t row = 0;
  std::string id;
  std::vector<std::string> urls;  ///< one at least; the others are mirrors
  std::optional<BodyPart> part;
};

/// A whole body whose first bytes are audio's.
struct FetchedBody {
  AudioType type = AudioType::kUnknown;
  std::size_t n_bytes = 0;
  std::string last;  ///< its end; what came before went to piece()
};

struct FetchResult {
  FetchRequest request;
  tl::expected<FetchedBody, Failure> body;
  BodyOrigin origin;          ///< of the body; origin.url is the URL that decided, also for a failure
  long http_status = 0;       ///< of the last attempt, 0 where there was no response
  int n_attempts = 0;         ///< requests made, redirects not counted
  bool may_continue = false;  ///< a failure whose part is worth keeping
};

/// A host asks us to wait.
struct HostPause {
  std::string host;
  std::chrono::milliseconds length{0};
  std::string reason;   ///< e.g. "HTTP status 429"
  int connections = 0;  ///< that it gets from now on
  double rate = 0.0;    ///< requests per second that it gets; 0: no limit
};

/// Where rows come from and bodies go. All calls come on the thread of Fetcher::run, one at a time; what they throw
/// passes through it.
class FetchClient {
 public:
  enum class Next { kRow, kLater, kNothingYet, kEnd };

  virtual ~FetchClient() = default;
  /// Fills `request`; or asks to be asked again, at once (kLater) or when there may be something (kNothingYet); or says
  /// that there is nothing more. Should not take long: transfers wait for it.
  virtual Next next(FetchRequest& request) = 0;
  /// The bytes of a body from `offset` on; all before it came in earlier calls. Offset 0 starts it, or starts it again.
  virtual void piece(const FetchRequest& request, const BodyOrigin& origin, std::size_t offset, std::string bytes) = 0;
  virtual void done(FetchResult&& result) = 0;
  virtual void paused(const HostPause&) {}
  /// Every half second at least: time to show something.
  virtual void tick() {}
};

class Fetcher {
 public:
  static constexpr std::size_t kPieceBytes = 1U << 20U;
  static constexpr std::size_t kHeadBytes = 128U << 10U;

  /// Throws std::invalid_argument for a config that does not validate.
  explicit Fetcher(const FetchConfig& config);
  ~Fetcher();
  Fetcher(Fetcher&&) noexcept;
  Fetcher& operator=(Fetcher&&) noexcept;

  /// Runs until the client has no more rows and all are done. Once `stop` is set no new transfer starts, those under
  /// way end or are dropped after FetchConfig::grace, and what waits for a retry is dropped; rows that are dropped get
  /// no done(). Returns the failure that made it stop, where there was one that every row would meet.
  std::optional<Failure> run(FetchClient& client, const std::atomic<bool>& stop);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hitscope::ingest
