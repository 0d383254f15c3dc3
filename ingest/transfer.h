// One row's download over all its attempts: libcurl's handle, what has come, and what may be continued. Internal to
// the fetcher, which decides when to ask again.
// Thread safety: that of its Fetcher.
#pragma once

#include <array>
#include <chrono>
#include <deque>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "ingest/fetch_policy.h"
#include "ingest/fetcher.h"

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

  /// Of what is asked for next: the candidate's, or the one it redirected to.
  const std::string& host() const { return host_; }
  Time started() const { return started_; }
  /// How often the host has asked this row to wait.
  int n_waits() const { return n_waits_; }
  /// Bytes of a body that it keeps in memory.
  std::size_t n_held() const { return buffer_.size() + head_.size(); }
  /// What may be added to a failure's detail: where a redirect has led.
  std::string redirect_words() const;
  const std::optional<Failure>& last_failure() const { return last_failure_; }

  std::size_t answers_at_wait = 0;  ///< the host's, when it last asked this row to wait

  /// Sets `easy` up for the next request and keeps it.
  void* prepare(EasyHandle easy, Time now);
  EasyHandle take_handle() { return std::move(easy_); }
  /// True where it has brought less over the last FetchConfig::stall_timeout than it must.
  bool is_too_slow(Time now);

  /// How the request under way ended, for classify(). `code` is a CURLcode. Throws what the client threw during it.
  TransferEnd end(int code) const;
  /// Where the answer redirects to; empty where it does not.
  std::string redirect_target() const;
  void follow(const std::string& target);
  int n_redirects() const { return n_redirects_; }

  /// Takes note of a failed attempt. Returns the row's own wait before the next one (zero where another URL comes first
  /// or the host's pause is the wait), or nullopt where there is none to come.
  std::optional<std::chrono::milliseconds> fail(const Failure& failure, double uniform);
  /// The row's end. `end` is that of the last attempt.
  FetchResult finish(std::optional<Failure> failure);
  /// Hands on what has come, where it can be continued in another run.
  void save_part();

 private:
  struct Candidate {
    std::string url;
    int n_failures = 0;
    bool given_up = false;
  };
  struct Callbacks;  // libcurl's

  bool on_header(std::string_view line);
  bool on_headers_end();
  bool on_body(std::string_view bytes);
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
  long http_status_ = 0;  // of the last attempt

  // The body: n_handed_on_ bytes are with the client, buffer_ is the rest; origin_ says of what.
  BodyOrigin origin_;
  std::string buffer_;
  std::string head_;
  std::function<std::string()> stored_head_;  // of a part from another run, read when it goes on
  std::size_t n_handed_on_ = 0;

  // The answer under way.
  ResponseHeaders headers_;
  std::string other_body_;  // of anything but a clip: the beginning
  bool continues_ = false;
  bool forbidden_address_ = false;
  bool too_large_ = false;
  bool too_slow_ = false;
  bool bad_headers_ = false;
  bool wrong_range_ = false;
  std::exception_ptr exception_;  // thrown by the client
  std::size_t n_received_ = 0;    // bytes of the attempt, headers included
  struct Check {
    Time time;
    std::size_t n_received = 0;
  };
  std::deque<Check> checks_;  // of its speed; the first is the one to compare with
};

}  // namespace hitscope::ingest
