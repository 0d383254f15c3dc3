// The download of one row over all its attempts: libcurl's handle, the received body, and the part that can be
// continued. Internal to the fetcher, which decides when to try again.
// Thread safety: one thread per object, that of its Fetcher.
#pragma once

#include <array>
#include <chrono>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ingest/fetch_policy.h"
#include "ingest/fetcher.h"
#include "ingest/gzip_body.h"

namespace hitscope::ingest {

struct EasyHandleCleanup {
  void operator()(void* easy) const;
};
using EasyHandle = std::unique_ptr<void, EasyHandleCleanup>;  ///< a CURL*

class Transfer {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Transfer(FetchRequest request, const FetchConfig& config, FetchClient& client);
  ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  /// The host of the next request: that of the current URL, or of the one it redirected to.
  const std::string& host() const { return host_; }
  Time started() const { return started_; }
  /// How often the host has asked this row to wait.
  int n_waits() const { return n_waits_; }
  /// Bytes of the body that are held in memory.
  std::size_t n_held() const { return buffer_.size() + head_.size(); }
  /// Where redirects have led, to be added to a failure's detail.
  std::string redirect_words() const;
  const std::optional<Failure>& last_failure() const { return last_failure_; }

  std::size_t answers_at_wait = 0;  ///< the host's n_answers() when it last asked this row to wait

  /// Sets `easy` up for the next request and keeps it.
  void* prepare(EasyHandle easy, Time now);
  EasyHandle take_handle() { return std::move(easy_); }
  /// Whether it was slower than min_bytes_per_second over the last FetchConfig::stall_timeout.
  bool is_too_slow(Time now);

  /// How the current request ended, for classify(). `code` is a CURLcode. Throws what the client threw during it.
  TransferEnd end(int code) const;
  /// The target of the answer's redirect; empty if it is none.
  std::string redirect_target() const;
  /// Makes `target` the next URL and keeps the cookies that this host has set.
  void follow(const std::string& target);
  int n_redirects() const { return n_redirects_; }

  /// Records a failed attempt. Returns the row's own wait before the next attempt (zero if another URL comes next or
  /// the host's pause is the wait), or nullopt if there is no other attempt.
  std::optional<std::chrono::milliseconds> fail(const Failure& failure, double uniform);
  /// The row's final result, a body or `failure`.
  FetchResult finish(std::optional<Failure> failure);
  /// Gives the client the received bytes if another run can continue the body.
  void save_part();

 private:
  struct Candidate {
    std::string url;
    int n_failures = 0;
    bool given_up = false;
  };
  struct Callbacks;  // callbacks of libcurl

  bool on_header(std::string_view line);
  bool on_headers_end();
  bool on_body(std::string_view bytes);
  bool on_clip(std::string_view bytes);
  void reserve();
  void hand_on();
  void ask_for(std::size_t candidate);
  void forget_body();
  std::size_t n_bytes() const { return n_handed_on_ + buffer_.size(); }
  bool can_continue() const { return !origin_.validator.empty() && n_bytes() > 0; }
  bool brings_body() const;
  bool is_rest() const;

  FetchRequest request_;
  const FetchConfig& config_;
  FetchClient& client_;
  std::vector<Candidate> candidates_;
  std::size_t candidate_ = 0;
  std::string url_;
  std::string host_;
  EasyHandle easy_;
  void* header_list_ = nullptr;  // a curl_slist*
  std::array<char, 256> error_{};
  Time started_;
  int n_attempts_ = 0;
  int n_waits_ = 0;
  std::optional<Failure> last_failure_;
  bool wants_new_connection_ = false;
  int n_redirects_ = 0;
  std::map<std::string, std::vector<std::string>> cookies_;  // of the redirects so far, by host
  long http_status_ = 0;                                     // status of the last attempt

  // The body: the client has n_handed_on_ bytes, buffer_ holds the rest; origin_ identifies it.
  BodyOrigin origin_;
  std::string buffer_;
  std::string head_;
  std::function<std::string()> stored_head_;  // reads the head of a part of an earlier run when it is continued
  std::size_t n_handed_on_ = 0;

  // The current answer.
  ResponseHeaders headers_;
  std::string other_body_;          // beginning of a body that is not a clip
  std::unique_ptr<GzipBody> gzip_;  // where the body is gzipped
  bool continues_ = false;
  std::string forbidden_address_;
  bool too_large_ = false;
  bool too_slow_ = false;
  bool bad_headers_ = false;
  bool wrong_range_ = false;
  std::exception_ptr exception_;  // thrown by the client
  std::size_t n_received_ = 0;    // bytes of the attempt, including headers
  struct Check {
    Time time;
    std::size_t n_received = 0;
  };
  std::deque<Check> checks_;  // measurements of its speed; the first is compared with the present
};

}  // namespace hitscope::ingest
