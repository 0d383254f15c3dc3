// Runs many HTTP downloads at once on one thread, by libcurl's multi interface.
//
// Rows are pulled from a FetchClient when there is room, and every one ends in exactly one call of done(), in order of
// completion. Temporary failures are retried with exponential back-off and full jitter; a row with several URLs tries
// them in order. All transfers to a host share one HostBudget. Bodies go to the client in pieces of kPieceBytes, so
// memory is bounded by the number of connections, not by sizes. Interrupted bodies are continued by byte range
// (If-Range) if the server gave a validator. Only http and https (1.1) are used, also after redirects, each of which
// counts for its own host. It does not write files or keep a journal.
// Thread safety: one thread per Fetcher.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "dsp/fields.h"
#include "ingest/address.h"
#include "ingest/audio_type.h"
#include "ingest/failure.h"
#include "ingest/host_budget.h"

namespace hitscope::ingest {

struct FetchConfig {
  HostLimits host;                 ///< limits of every host
  int max_total_connections = 64;  ///< transfers at once to all hosts
  int max_attempts = 5;            ///< attempts per URL; waits that the host asks for do not count
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds total_timeout{120'000};  ///< limit of one attempt
  std::chrono::milliseconds stall_timeout{20'000};   ///< window over which min_bytes_per_second is measured
  std::size_t min_bytes_per_second = 1000;           ///< slower transfers are stopped
  double max_megabytes = 64.0;                       ///< largest body, in millions of bytes
  int max_redirects = 5;                             ///< redirects per attempt
  bool allow_downgrade = false;                      ///< follow redirects from https to http
  std::chrono::milliseconds grace{5'000};            ///< time for transfers in progress to end after a stop
  std::string user_agent = "hitscope/0.1 (batch fetcher of preview clips)";
  std::vector<std::string> headers;      ///< "HOST=Name: value", sent to that host only, see HostHeader
  bool allow_private_addresses = false;  ///< also connect to loopback and private ranges
  std::vector<AddressRange> deny;        ///< addresses that are never connected to
  bool obey_robots_tag = true;           ///< do not keep clips with X-Robots-Tag noai, noindex or none
  bool use_proxy = false;                ///< use http_proxy etc.; addresses cannot be checked then
  std::size_t max_bytes() const { return static_cast<std::size_t>(max_megabytes * 1e6 + 0.5); }
  /// Throws FieldError naming field, value and rule.
  void validate() const;
  /// Why the address (AF_INET or AF_INET6, and its bytes) is not connected to, as the end of a sentence; empty if it
  /// is.
  std::string address_problem(int family, std::span<const std::byte> address) const;
  /// The same of the address that stands in `url` in place of a name; empty for a name.
  std::string literal_address_problem(const std::string& url) const;

  /// The settings without those of `host`, which describes itself.
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
  visit(&F::headers, {.name = "headers",
                      .help = "header to send to this host, and to no other that the catalogue or a redirect names",
                      .value = "HOST=NAME:VALUE",
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
  visit(&F::deny, {.name = "deny",
                   .help = "addresses never to connect to, also where a name leads to them: one, or a range as "
                           "203.0.113.0/24; ::/0 is all of version 6, 0.0.0.0/0 all of version 4",
                   .value = "CIDR",
                   .is_repeated = true});
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
  visit(&F::max_megabytes, {.name = "max_megabytes",
                            .help = "maximum size of a clip, in megabytes",
                            .value = "MB",
                            .rule = {.low = 0, .high = 4096, .without_low = true}});
  visit(&F::max_redirects,
        {.name = "max_redirects", .help = "maximum number of redirects per attempt", .rule = dsp::between(0, 50)});
  visit(&F::allow_downgrade,
        {.name = "allow_downgrade", .help = "follow redirects from https to http, which is not encrypted"});
  visit(&F::grace, {.name = "grace",
                    .help = "time that running transfers have after a stop",
                    .rule = dsp::between(0, 1e6),
                    .flag = "-"});
}

/// Identifies a body when its first byte arrives; it can be continued only if it is still the same.
struct BodyOrigin {
  std::string url;     ///< URL in the row, before redirects
  std::string host{};  ///< host that sent it, as host_of() names it; empty: not known
  std::string etag{};
  std::string last_modified{};
  std::string validator{};  ///< value for If-Range; empty if the body cannot be continued
  std::size_t n_bytes = 0;  ///< size of the whole body; 0: not known
};

/// The beginning of a body that an earlier run has stored.
struct BodyPart {
  BodyOrigin origin;
  std::size_t n_bytes = 0;
  std::function<std::string()> head;  ///< reads its first kHeadBytes bytes, or all
};

struct FetchRequest {
  std::size_t row = 0;
  std::string id;
  std::vector<std::string> urls;  ///< at least one; the others are mirrors
  std::optional<BodyPart> part;
};

/// A complete body that begins like audio.
struct FetchedBody {
  AudioType type = AudioType::kUnknown;
  std::size_t n_bytes = 0;
  std::string last;  ///< its end; the bytes before went to piece()
};

struct FetchResult {
  FetchRequest request;
  tl::expected<FetchedBody, Failure> body;
  BodyOrigin origin;          ///< origin of the body; origin.url is the URL that gave the result, also for a failure
  long http_status = 0;       ///< status of the last attempt; 0 without a response
  int n_attempts = 0;         ///< number of requests, without redirects
  bool may_continue = false;  ///< a failure whose part should be kept
};

/// A pause that a host asks for.
struct HostPause {
  std::string host;
  std::chrono::milliseconds length{0};
  std::string reason;   ///< e.g. "HTTP status 429"
  int connections = 0;  ///< connections to the host from now on
  double rate = 0.0;    ///< requests per second to the host; 0: no limit
};

/// The source of rows and the destination of bodies. Fetcher::run makes all calls on its own thread, one at a time, and
/// passes on what they throw.
class FetchClient {
 public:
  enum class Next { kRow, kLater, kNothingYet, kEnd };

  virtual ~FetchClient() = default;
  /// Fills `request` (kRow), or says that it should be called again at once (kLater), after a while (kNothingYet) or
  /// not at all (kEnd). It should not take long, because transfers wait for it.
  virtual Next next(FetchRequest& request) = 0;
  /// Takes the bytes of a body from `offset` on; earlier calls took those before it. Offset 0 starts it, or starts it
  /// again.
  virtual void piece(const FetchRequest& request, const BodyOrigin& origin, std::size_t offset, std::string bytes) = 0;
  virtual void done(FetchResult&& result) = 0;
  virtual void paused(const HostPause&) {}
  /// Whether no more may be stored, asked in every turn: the rows that wait are then dropped, and running transfers
  /// have FetchConfig::grace to end, as after a stop.
  virtual bool is_full() { return false; }
  /// Called at least every half second, for showing progress.
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

  /// Runs until the client has no more rows and all are done. Once `stop` is set no new transfer starts, those in
  /// progress end or are dropped after FetchConfig::grace, and rows that wait for a retry are dropped; dropped rows get
  /// no done(). Returns the failure, if any, that made it stop because every row would have it.
  std::optional<Failure> run(FetchClient& client, const std::atomic<bool>& stop);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hitscope::ingest
