#include "ingest/fetcher.h"

#include <curl/curl.h>

#include <algorithm>
#include <random>
#include <stdexcept>
#include <unordered_map>

#include "ingest/host_queues.h"
#include "ingest/transfer.h"

namespace hitscope::ingest {
namespace {

using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;
using std::chrono::milliseconds;
using Owned = std::unique_ptr<Transfer>;

/// Rows held that cannot start yet: a paused host must not keep the rows of others from being found, nor the whole
/// catalogue be pulled into memory.
constexpr std::size_t kMostWaiting = 10'000;
constexpr std::size_t kMostHeld = 32U << 20U;  // bytes of their unfinished bodies
constexpr milliseconds kLongestPoll{500};
constexpr milliseconds kSlowCheckEvery{50};
constexpr milliseconds kAskAgainAfter{10};  // a client that had nothing

struct MultiCleanup {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

}  // namespace

struct Fetcher::Impl {
  explicit Impl(const FetchConfig& c) : config(c), random(std::random_device{}()), hosts(c.host) {
    static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
    multi.reset(curl_multi_init());
    if (initialised != CURLE_OK || !multi) throw std::runtime_error("libcurl cannot start");
    curl_multi_setopt(multi.get(), CURLMOPT_MAX_TOTAL_CONNECTIONS, static_cast<long>(config.max_total_connections));
    curl_multi_setopt(multi.get(), CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(config.host.max_connections));
    curl_multi_setopt(multi.get(), CURLMOPT_MAXCONNECTS, static_cast<long>(config.max_total_connections));
  }
  ~Impl() {
    for (auto& [easy, transfer] : running) curl_multi_remove_handle(multi.get(), easy);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  double uniform() { return std::uniform_real_distribution<double>(0.0, 1.0)(random); }

  void start(HostQueue& host, Owned transfer, Time now) {
    EasyHandle easy;
    if (idle.empty()) {
      easy.reset(curl_easy_init());
      if (!easy) throw std::bad_alloc();
    } else {
      easy = std::move(idle.back());
      idle.pop_back();
    }
    CURL* handle = transfer->prepare(std::move(easy), now);
    if (curl_multi_add_handle(multi.get(), handle) != CURLM_OK) throw std::runtime_error("libcurl refused a transfer");
    host.budget.start(now);
    running.emplace(handle, std::move(transfer));
  }

  bool has_room() const { return running.size() < static_cast<std::size_t>(config.max_total_connections); }

  /// Starts what may start of one host's rows. Rows of a host that is down end here.
  void start_rows(HostQueue& host, Time now, FetchClient& client) {
    while (host.has_rows()) {
      if (host.budget.is_down()) {
        if (host.budget.n_running() == 0) give_up_host(host, client);
        return;
      }
      if (!has_room() || host.first_due() > now || host.budget.next_start() > now) return;
      start(host, hosts.take_first(host, now), now);
    }
  }

  void give_up_host(HostQueue& host, FetchClient& client) {
    std::vector<Owned> rows;
    while (host.has_rows()) rows.push_back(hosts.take_first(host, Time::max()));
    const std::string words = rows.front()->host() + " " + host.budget.why_down() + "; ";
    for (Owned& transfer : rows) {
      const std::string last = transfer->last_failure()
                                   ? "given up; the last failure: " + transfer->last_failure()->detail
                                   : "not requested";
      const Failure failure{Stage::kFetch, FailureKind::kHostDown, words + last};
      if (transfer->fail(failure, 0.0)) {
        hosts.put_again(Clock::now(), std::move(transfer));  // a mirror is left
      } else {
        client.done(transfer->finish(failure));
      }
    }
  }

  /// Fills the free places, from what waits and then from the catalogue.
  void fill(FetchClient& client) {
    const Time now = Clock::now();
    last_next = FetchClient::Next::kRow;
    if (!has_room()) return;
    hosts.visit_in_turn([&](HostQueue& host) {
      start_rows(host, now, client);
      return has_room();
    });
    while (has_room() && hosts.n_waiting() < kMostWaiting && hosts.n_held() < kMostHeld && !exhausted) {
      FetchRequest request;
      last_next = client.next(request);
      exhausted = last_next == FetchClient::Next::kEnd;
      if (last_next != FetchClient::Next::kRow) break;
      auto transfer = std::make_unique<Transfer>(std::move(request), config, client);
      HostQueue& host = hosts.of(*transfer);
      hosts.put_fresh(std::move(transfer));
      start_rows(host, now, client);
    }
    hosts.forget_some(now);
  }

  /// Tells the host's budget how a request ended. Returns the wait of this row alone: a host that refuses
  /// one row again and again but answers others in between is not paused as a whole.
  milliseconds judge(Transfer& transfer, const TransferEnd& end, const std::optional<Failure>& failure, Time now,
                     FetchClient& client) {
    HostBudget& budget = hosts.of(transfer).budget;
    const Time paused = budget.paused_until();
    const auto asked = retry_after(end.headers.retry_after, end.now);
    if (failure && failure->kind == FailureKind::kThrottled) {
      constexpr int kOwnAffairAfter = 2;
      const bool own_affair = transfer.n_waits() >= kOwnAffairAfter && budget.n_answers() > transfer.answers_at_wait &&
                              asked.value_or(std::chrono::seconds(0)) <= config.host.longest_pause;
      transfer.answers_at_wait = budget.n_answers();
      if (own_affair) {
        budget.abandoned();
        const auto own = backoff(transfer.n_waits(), config.host.first_backoff, config.host.longest_backoff, uniform());
        return std::max(own, milliseconds(asked.value_or(std::chrono::seconds(0))));
      }
      budget.refused(now, transfer.started(), asked, end.http_status != 503, uniform());
    } else if (failure && failure->action == Action::kRetry && (end.http_status == 0 || end.http_status >= 400)) {
      budget.faltered(now, transfer.started(), asked, uniform());
    } else if (end.http_status == 0) {
      budget.abandoned();  // an address or a certificate: it says nothing about how the host bears requests
    } else {
      budget.answered(now);
    }
    if (budget.paused_until() > std::max(paused, now)) {
      const auto length = std::chrono::ceil<milliseconds>(budget.paused_until() - now);
      client.paused({transfer.host(), length, failure->detail, budget.connections(), budget.rate()});
    }
    return milliseconds(0);
  }

  void finish(CURL* easy, int code, FetchClient& client) {
    Owned t = std::move(running.extract(easy).mapped());
    curl_multi_remove_handle(multi.get(), easy);
    const Time now = Clock::now();
    const TransferEnd end = t->end(code);
    const std::string target = end.bad_headers ? "" : t->redirect_target();
    std::optional<Failure> failure = target.empty() ? classify(end)
                                                    : redirect_problem(end.url, target, t->n_redirects() + 1,
                                                                       {config.max_redirects, config.allow_downgrade});
    const milliseconds own_wait = judge(*t, end, failure, now, client);
    const bool follows = !failure && !target.empty();
    if (follows) t->follow(target);
    EasyHandle handle = t->take_handle();
    if (code == CURLE_OK)
      idle.push_back(std::move(handle));  // after failures libcurl may refuse to change some options
    if (failure && failure->action == Action::kStop) {
      stopped_by = std::move(failure);
      return;
    }
    if (follows) {
      hosts.put_again(now, std::move(t));
      return;
    }
    if (failure) {
      failure->detail += t->redirect_words();
      if (const auto wait = t->fail(*failure, uniform())) {
        hosts.put_again(now + std::max(*wait, own_wait), std::move(t));
        return;
      }
    }
    client.done(t->finish(std::move(failure)));
  }

  /// True where one has been ended.
  bool end_slow_transfers(Time now, FetchClient& client) {
    if (now < next_slow_check) return false;
    next_slow_check = now + kSlowCheckEvery;
    std::vector<CURL*> slow;
    for (auto& [easy, transfer] : running) {
      if (transfer->is_too_slow(now)) slow.push_back(easy);
    }
    for (CURL* easy : slow) finish(easy, CURLE_OPERATION_TIMEDOUT, client);
    return !slow.empty();
  }

  /// Drops what is under way; parts worth it are handed on first.
  void abandon() {
    for (auto& [easy, transfer] : running) {
      curl_multi_remove_handle(multi.get(), easy);
      hosts.of(*transfer).budget.abandoned();
      transfer->save_part();
    }
    running.clear();
  }

  void drop_waiting() {
    hosts.drop_rows();
    exhausted = true;
  }

  milliseconds wait_time(Time now) const {
    if (last_next == FetchClient::Next::kLater) return milliseconds(0);
    const bool asks_again = last_next == FetchClient::Next::kNothingYet;
    Time next = now + (asks_again ? kAskAgainAfter : running.empty() ? kLongestPoll : kSlowCheckEvery);
    if (has_room()) next = std::min(next, hosts.next_start());
    return next <= now ? milliseconds(0) : std::chrono::ceil<milliseconds>(next - now);
  }

  /// One turn of libcurl; true where a transfer has ended.
  bool perform(FetchClient& client) {
    int n_running = 0;
    if (curl_multi_perform(multi.get(), &n_running) != CURLM_OK) throw std::runtime_error("libcurl gave up");
    bool any_done = false;
    int n_left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi.get(), &n_left)) {
      if (message->msg != CURLMSG_DONE) continue;
      any_done = true;
      finish(message->easy_handle, message->data.result, client);
    }
    return any_done;
  }

  FetchConfig config;
  std::mt19937_64 random;
  std::vector<EasyHandle> idle;
  std::unique_ptr<CURLM, MultiCleanup> multi;
  std::unordered_map<CURL*, Owned> running;
  HostQueues hosts;
  Time next_slow_check = Time::min();
  bool exhausted = false;
  FetchClient::Next last_next = FetchClient::Next::kRow;
  std::optional<Failure> stopped_by;
};

Fetcher::Fetcher(const FetchConfig& config) {
  config.validate();
  impl_ = std::make_unique<Impl>(config);
}
Fetcher::~Fetcher() = default;
Fetcher::Fetcher(Fetcher&&) noexcept = default;
Fetcher& Fetcher::operator=(Fetcher&&) noexcept = default;

std::optional<Failure> Fetcher::run(FetchClient& client, const std::atomic<bool>& stop) {
  Impl& impl = *impl_;
  impl.exhausted = false;
  impl.stopped_by.reset();
  Time deadline = Time::max();
  while (true) {
    if (deadline == Time::max() && (stop || impl.stopped_by || client.is_full())) {
      impl.drop_waiting();
      impl.last_next = FetchClient::Next::kEnd;
      deadline = Clock::now() + impl.config.grace;
    }
    if (deadline == Time::max()) impl.fill(client);
    if (impl.running.empty() && impl.hosts.n_waiting() == 0 && impl.exhausted) break;
    if (Clock::now() >= deadline) {
      impl.abandon();
      break;
    }
    bool any_done = impl.perform(client);
    any_done = impl.end_slow_transfers(Clock::now(), client) || any_done;
    client.tick();
    if (deadline != Time::max()) impl.drop_waiting();
    if (!any_done) {
      curl_multi_poll(impl.multi.get(), nullptr, 0, static_cast<int>(impl.wait_time(Clock::now()).count()), nullptr);
    }
  }
  return std::move(impl.stopped_by);
}

}  // namespace hitscope::ingest
