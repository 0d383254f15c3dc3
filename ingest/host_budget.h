// Decides how many connections and requests one host gets, and how long to pause when it asks. All transfers to the
// host share it.
//
// The number of connections starts at half the limit and rises by one with every answer until the host first complains,
// then by one per round; a complaint halves it. A complaint pauses all of the host's transfers: for as long as
// Retry-After says, else by exponential back-off with full jitter. From a host that refuses because of the number of
// requests (429) a rate is learned: slightly less than the number it accepted, divided by the time including the pause.
// Requests are then spaced evenly, and a higher rate is tried occasionally. A host with `max_failures` complaints in a
// row and no other answer is down, as is one that asks for a longer pause than `longest_pause`. Complaints about
// requests that were in progress at the last complaint are not counted again.
//
// It uses no clock and no network: the caller passes the time, so a test can run hours in a millisecond.
// Thread safety: one thread per object.
#pragma once

#include <chrono>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>

#include "dsp/fields.h"

namespace hitscope::ingest {

struct HostLimits {
  int max_connections = 16;                           ///< simultaneous transfers to one host
  int max_requests = 0;                               ///< requests per `window`; 0: learned from the host's answers
  std::chrono::milliseconds window{1000};             ///< period that max_requests is for, >= 1 ms
  std::chrono::milliseconds first_backoff{500};       ///< upper limit of the first wait; it doubles each time
  std::chrono::milliseconds longest_backoff{30'000};  ///< upper limit of waits that the host has not asked for
  std::chrono::milliseconds longest_pause{300'000};  ///< longest wait that Retry-After may ask for: else a host is down
  int max_failures = 10;                             ///< complaints in a row after which a host is down
  /// Throws FieldError naming field, value and rule.
  void validate() const;

  template <typename Visit>
  static void describe(Visit&& visit) {
    using H = HostLimits;
    visit(&H::max_connections, {.name = "max_connections",
                                .help = "maximum number of simultaneous transfers",
                                .rule = dsp::between(1, 256),
                                .flag = "--connections"});
    visit(&H::max_requests, {.name = "max_requests",
                             .help = "maximum number of requests per window; 0: adapted to the answers of the host",
                             .rule = dsp::at_least(0),
                             .flag = "-"});
    visit(&H::window, {.name = "window",
                       .help = "length of the window of max_requests",
                       .rule = dsp::between(0.001, 1e6),
                       .flag = "-"});
    visit(&H::longest_pause, {.name = "longest_pause",
                              .help = "longest wait that a host may ask for (Retry-After); one that asks for more is "
                                      "left alone until the next run",
                              .rule = dsp::between(0, 1e6),
                              .flag = "--max-pause"});
    visit(&H::max_failures, {.name = "max_host_failures",
                             .help = "give up on a host after this many failures in a row (429, 5xx, no answer)",
                             .rule = dsp::at_least(1)});
    visit(&H::first_backoff, {.name = "first_backoff",
                              .help = "maximum wait before the first retry; it doubles with every further retry",
                              .rule = dsp::between(0.001, 1e6),
                              .flag = "--backoff"});
    visit(&H::longest_backoff, {.name = "longest_backoff",
                                .help = "maximum wait before any retry",
                                .rule = dsp::between(0.001, 1e6),
                                .flag = "--max-backoff"});
  }
};

class HostBudget {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit HostBudget(const HostLimits& limits);

  /// When the next request may start; Time::max() if one in progress must end first.
  Time next_start() const;
  void start(Time now);

  // Call one of the next four when a request ends that start() began at `started`. `uniform` is a draw from [0, 1).

  /// The host answered.
  void answered(Time now);
  /// The host complained (`for_rate`: about the number of requests, 429) and may have said how long to wait.
  void refused(Time now, Time started, std::optional<std::chrono::seconds> retry_after, bool for_rate, double uniform);
  /// There was no answer, or a server error: three in a row, or one with a time to wait, count as a complaint.
  void faltered(Time now, Time started, std::optional<std::chrono::seconds> retry_after, double uniform);
  /// The request ended without information about the host.
  void abandoned();

  bool is_down() const { return n_complaints_ >= limits_.max_failures || asked_too_long_; }
  /// What a host that is down did, as "failed 10 times in a row".
  std::string why_down() const;
  int n_running() const { return n_running_; }
  std::size_t n_answers() const { return n_answers_; }                ///< calls of answered() so far
  int connections() const { return static_cast<int>(connections_); }  ///< connections allowed at present
  double rate() const { return rate_; }                               ///< requests per second; 0: no limit known
  Time paused_until() const { return paused_until_; }
  /// Whether nothing has been learned, so that a new budget would be equal.
  bool is_fresh(Time now) const;

 private:
  /// Whether the host asks for more than longest_pause, which is the end of it.
  bool ends_it(std::optional<std::chrono::seconds> retry_after);
  void complain(Time now, std::chrono::milliseconds pause);
  void learn_rate(Time now, std::chrono::milliseconds pause);
  void raise_rate(Time now);
  std::chrono::milliseconds pause_for(std::optional<std::chrono::seconds> retry_after, double uniform) const;

  HostLimits limits_;
  int n_running_ = 0;
  std::size_t n_answers_ = 0;
  int n_complaints_ = 0;  // complaints in a row
  std::optional<std::chrono::seconds> asked_too_long_;
  double connections_;
  bool has_complained_ = false;
  Time last_complaint_ = Time::min();
  Time paused_until_ = Time::min();
  // The rate, in requests per second, and the search for it.
  double rate_ = 0.0;
  double top_rate_ = std::numeric_limits<double>::infinity();
  double ceiling_ = 0.0;      // rate that the host has refused, or that is tried next
  double probe_step_ = 0.0;   // step of the next trial above the ceiling
  Time epoch_ = Time::min();  // start of the count n_accepted_
  std::size_t n_accepted_ = 0;
  Time raised_ = Time::min();
  Time probe_at_ = Time::max();
  Time next_slot_ = Time::min();
};

}  // namespace hitscope::ingest
