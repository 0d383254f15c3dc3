#include "ingest/fetcher.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <span>
#include <stdexcept>
#include <unordered_map>
#include <vector>

#include "dsp/require.h"
#include "ingest/fetch_policy.h"

namespace hitscope::ingest {
namespace {

using Clock = std::chrono::steady_clock;

struct EasyCleanup {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct MultiCleanup {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

/// One row's download, over all its attempts.
struct Transfer {
  FetchRequest request;
  std::string host;
  std::string body;
  std::unique_ptr<CURL, EasyCleanup> easy;
  std::array<char, CURL_ERROR_SIZE> error{};
  const FetchConfig* config = nullptr;
  int n_attempts = 0;
  bool forbidden_address = false;
  bool too_large = false;
};

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* user) {
  auto* transfer = static_cast<Transfer*>(user);
  const std::size_t n = size * count;
  if (transfer->body.size() + n > transfer->config->max_bytes) {
    transfer->too_large = true;
    return 0;  // libcurl gives the transfer up
  }
  transfer->body.append(data, n);
  return n;
}

/// Asked with the address itself, after name resolution and for every redirect: a name cannot rebind past it.
curl_socket_t on_open_socket(void* user, curlsocktype, curl_sockaddr* address) {
  auto* transfer = static_cast<Transfer*>(user);
  std::span<const std::byte> bytes;
  if (address->family == AF_INET) {
    bytes = std::as_bytes(std::span(&reinterpret_cast<const sockaddr_in*>(&address->addr)->sin_addr, 1));
  } else if (address->family == AF_INET6) {
    bytes = std::as_bytes(std::span(&reinterpret_cast<const sockaddr_in6*>(&address->addr)->sin6_addr, 1));
  }
  if (!transfer->config->allow_private_addresses && is_private_address(address->family, bytes)) {
    transfer->forbidden_address = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::string host_of(const std::string& url) {
  const std::unique_ptr<CURLU, void (*)(CURLU*)> parsed(curl_url(), curl_url_cleanup);
  char* host = nullptr;
  if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return url;
  curl_url_get(parsed.get(), CURLUPART_HOST, &host, 0);
  std::string name = host == nullptr ? url : host;
  curl_free(host);
  return name;
}

template <typename T>
void set(CURL* easy, CURLoption option, T value) {
  if (curl_easy_setopt(easy, option, value) != CURLE_OK) throw std::runtime_error("libcurl refuses an option");
}

void prepare(Transfer& t) {
  const FetchConfig& c = *t.config;
  if (!t.easy) t.easy.reset(curl_easy_init());
  if (!t.easy) throw std::bad_alloc();
  CURL* easy = t.easy.get();
  curl_easy_reset(easy);
  set(easy, CURLOPT_URL, t.request.url.c_str());
  set(easy, CURLOPT_PRIVATE, &t);
  set(easy, CURLOPT_WRITEFUNCTION, &on_body);
  set(easy, CURLOPT_WRITEDATA, &t);
  set(easy, CURLOPT_OPENSOCKETFUNCTION, &on_open_socket);
  set(easy, CURLOPT_OPENSOCKETDATA, &t);
  set(easy, CURLOPT_ERRORBUFFER, t.error.data());
  set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  set(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  set(easy, CURLOPT_FOLLOWLOCATION, 1L);
  set(easy, CURLOPT_MAXREDIRS, 5L);
  set(easy, CURLOPT_NOSIGNAL, 1L);
  set(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(c.connect_timeout.count()));
  set(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(c.total_timeout.count()));
  set(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(easy, CURLOPT_LOW_SPEED_TIME, std::max(1L, static_cast<long>(c.stall_timeout.count() / 1000)));
  set(easy, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(c.max_bytes));
  set(easy, CURLOPT_USERAGENT, "hitscope/0.1 (batch fetcher of preview clips)");
  t.body.clear();
  t.error.front() = '\0';
  t.forbidden_address = t.too_large = false;
  ++t.n_attempts;
}

}  // namespace

void FetchConfig::validate() const {
  using dsp::require;
  require(max_connections >= 1 && max_connections <= 256, "connections", max_connections, "1 to 256");
  require(max_attempts >= 1, "max-attempts", max_attempts, "at least 1");
  require(first_backoff.count() >= 1, "first back-off (ms)", first_backoff.count(), "at least 1");
  require(longest_backoff >= first_backoff, "longest back-off (ms)", longest_backoff.count(), "at least the first");
  require(connect_timeout.count() >= 1, "connect timeout (ms)", connect_timeout.count(), "at least 1");
  require(stall_timeout.count() >= 1, "stall timeout (ms)", stall_timeout.count(), "at least 1");
  require(total_timeout.count() >= 1, "total timeout (ms)", total_timeout.count(), "at least 1");
  require(max_bytes >= 1, "max-bytes", max_bytes, "at least 1");
}

struct Fetcher::Impl {
  explicit Impl(const FetchConfig& c) : config(c), random(std::random_device{}()) {
    static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
    multi.reset(curl_multi_init());
    if (initialised != CURLE_OK || !multi) throw std::runtime_error("libcurl cannot start");
    curl_multi_setopt(multi.get(), CURLMOPT_MAX_TOTAL_CONNECTIONS, static_cast<long>(config.max_connections));
  }
  ~Impl() {
    for (auto& [easy, transfer] : running) curl_multi_remove_handle(multi.get(), easy);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  using Owned = std::unique_ptr<Transfer>;

  void start(Owned transfer) {
    prepare(*transfer);
    CURL* easy = transfer->easy.get();
    if (curl_multi_add_handle(multi.get(), easy) != CURLM_OK) throw std::runtime_error("libcurl takes no transfer");
    running.emplace(easy, std::move(transfer));
  }

  /// A waiting transfer whose time has come, or nullptr. Those of a paused host are put off to the pause's end.
  Owned due(Clock::time_point now) {
    while (!waiting.empty() && waiting.begin()->first <= now) {
      Owned transfer = std::move(waiting.extract(waiting.begin()).mapped());
      const auto pause = paused_until.find(transfer->host);
      if (pause == paused_until.end() || pause->second <= now) return transfer;
      waiting.emplace(pause->second, std::move(transfer));
    }
    return nullptr;
  }

  /// Fills the free places; false once there is nothing more to pull.
  void fill(const Next& next) {
    const auto room = static_cast<std::size_t>(config.max_connections);
    while (running.size() < room) {
      if (Owned transfer = due(Clock::now())) {
        start(std::move(transfer));
        continue;
      }
      // A pause of the one host must not make us pull the whole catalogue into memory.
      if (exhausted || waiting.size() >= 4 * room) return;
      std::optional<FetchRequest> request = next();
      if (!request) {
        exhausted = true;
        return;
      }
      auto transfer = std::make_unique<Transfer>();
      transfer->host = host_of(request->url);
      transfer->request = std::move(*request);
      transfer->config = &config;
      waiting.emplace(Clock::time_point::min(), std::move(transfer));
    }
  }

  void put_off(Owned transfer, bool throttled) {
    const double uniform = std::uniform_real_distribution<double>(0.0, 1.0)(random);
    auto wait = backoff(transfer->n_attempts, config.first_backoff, config.longest_backoff, uniform);
    curl_off_t retry_after_s = 0;
    curl_easy_getinfo(transfer->easy.get(), CURLINFO_RETRY_AFTER, &retry_after_s);
    if (throttled && retry_after_s > 0) {
      const auto longest_s = config.longest_backoff.count() / 1000 + 1;
      wait += std::chrono::seconds(std::min<curl_off_t>(retry_after_s, longest_s));
      wait = std::min(wait, config.longest_backoff);
      auto& until = paused_until[transfer->host];
      until = std::max(until, Clock::now() + wait);
    }
    waiting.emplace(Clock::now() + wait, std::move(transfer));
  }

  void finish(CURL* easy, CURLcode code, const Done& done) {
    Owned t = std::move(running.extract(easy).mapped());
    curl_multi_remove_handle(multi.get(), easy);
    TransferEnd end;
    end.curl_code = code;
    end.curl_message = t->error.front() != '\0' ? t->error.data() : curl_easy_strerror(code);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &end.http_status);
    end.forbidden_address = t->forbidden_address;
    end.too_large = t->too_large || code == CURLE_FILESIZE_EXCEEDED;
    end.body = std::as_bytes(std::span(t->body.data(), t->body.size()));
    std::optional<Failure> failure = classify(end);
    if (failure && failure->action == Action::kRetry && t->n_attempts < config.max_attempts) {
      put_off(std::move(t), failure->kind == FailureKind::kThrottled);
      return;
    }
    FetchResult result{std::move(t->request), std::move(t->body), end.http_status, t->n_attempts};
    if (failure) result.body = tl::make_unexpected(std::move(*failure));
    done(std::move(result));
  }

  int wait_ms() const {
    if (waiting.empty() || running.size() >= static_cast<std::size_t>(config.max_connections)) return 500;
    const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(waiting.begin()->first - Clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(wait.count() + 1, 1, 500));
  }

  FetchConfig config;
  std::mt19937_64 random;
  std::unique_ptr<CURLM, MultiCleanup> multi;
  std::unordered_map<CURL*, Owned> running;
  std::multimap<Clock::time_point, Owned> waiting;
  std::unordered_map<std::string, Clock::time_point> paused_until;
  bool exhausted = false;
};

Fetcher::Fetcher(const FetchConfig& config) {
  config.validate();
  impl_ = std::make_unique<Impl>(config);
}
Fetcher::~Fetcher() = default;
Fetcher::Fetcher(Fetcher&&) noexcept = default;
Fetcher& Fetcher::operator=(Fetcher&&) noexcept = default;

void Fetcher::run(const Next& next, const Done& done, const std::atomic<bool>& stop) {
  Impl& impl = *impl_;
  impl.exhausted = false;
  while (true) {
    if (stop) {
      impl.waiting.clear();
      impl.exhausted = true;
    } else {
      impl.fill(next);
    }
    if (impl.running.empty() && impl.waiting.empty() && impl.exhausted) return;
    int n_running = 0;
    if (curl_multi_perform(impl.multi.get(), &n_running) != CURLM_OK) throw std::runtime_error("libcurl gave up");
    int n_left = 0;
    bool any_done = false;
    while (const CURLMsg* message = curl_multi_info_read(impl.multi.get(), &n_left)) {
      if (message->msg != CURLMSG_DONE) continue;
      any_done = true;
      impl.finish(message->easy_handle, message->data.result, done);
    }
    if (!any_done) curl_multi_poll(impl.multi.get(), nullptr, 0, impl.wait_ms(), nullptr);
  }
}

}  // namespace hitscope::ingest
