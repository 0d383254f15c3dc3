// A host that limits its visitors, and a client that goes by a HostBudget, in invented time: hours take milliseconds.
// Thread safety: one thread per simulation.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <vector>

#include "ingest/host_budget.h"

namespace hitscope::ingest::simulation {

using Time = HostBudget::Time;
using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

/// Some day of the steady clock; nothing depends on which.
constexpr Time kBegin{std::chrono::hours(100)};

/// What a host says to one request.
struct Answer {
  int status = 200;
  std::optional<seconds> retry_after;
};
/// Asked in order of arrival.
using Server = std::function<Answer(Time)>;

inline double seconds_since(Time begin, Time now) {
  return std::chrono::duration<double>(now - begin).count();
}

/// At most `n` in any second; refused requests do not count.
inline Server sliding_window(std::size_t n) {
  return [n, accepted = std::deque<Time>()](Time now) mutable -> Answer {
    while (!accepted.empty() && accepted.front() <= now - seconds(1)) accepted.pop_front();
    if (accepted.size() >= n) return {429, seconds(1)};
    accepted.push_back(now);
    return {};
  };
}

/// At most `n` in every second of a clock that is ahead of kBegin by `phase`.
inline Server fixed_window(int n, milliseconds phase) {
  return [n, phase, window = std::int64_t{-1}, used = 0](Time now) mutable -> Answer {
    const auto current = std::chrono::floor<seconds>(now - kBegin + phase).count();
    if (current != window) used = 0;
    window = current;
    if (used >= n) return {429, seconds(1)};
    ++used;
    return {};
  };
}

/// `rate` tokens a second up to `burst` of them, which are there at the beginning.
inline Server token_bucket(double rate, double burst) {
  return [=, tokens = burst, last = kBegin](Time now) mutable -> Answer {
    tokens = std::min(burst, tokens + rate * seconds_since(last, now));
    last = now;
    if (tokens < 1.0) return {429, seconds(1)};
    tokens -= 1.0;
    return {};
  };
}

struct Request {
  Time start;
  Time end;
  int status = 0;
};

/// A client with `n_rows` to bring, every request of which takes `latency`: rows that are refused come again.
class Visit {
 public:
  Visit(const HostLimits& limits, Server server, milliseconds latency, unsigned seed)
      : budget_(limits), server_(std::move(server)), latency_(latency), random_(seed) {}

  /// Until `n_rows` are brought or `end` has come.
  void run(std::size_t n_rows, Time end = Time::max()) {
    while (n_done_ < n_rows && now_ < end) {
      while (n_done_ + running_.size() < n_rows && budget_.next_start() <= now_) start();
      Time next = running_.empty() ? Time::max() : running_.begin()->first;
      if (n_done_ + running_.size() < n_rows && budget_.next_start() != Time::max()) {
        next = std::min<Time>(next, std::chrono::ceil<milliseconds>(budget_.next_start()));  // timers are that coarse
      }
      now_ = next;
      if (!running_.empty() && running_.begin()->first == now_) end_one();
    }
  }

  Time now() const { return now_; }
  double elapsed() const { return seconds_since(kBegin, now_); }
  std::size_t n_done() const { return n_done_; }
  HostBudget& budget() { return budget_; }
  /// In order of their ends.
  const std::vector<Request>& requests() const { return requests_; }
  std::size_t n_refused_after(Time time) const {
    std::size_t n = 0;
    for (const Request& r : requests_) n += r.status != 200 && r.start > time ? 1 : 0;
    return n;
  }
  /// Answers of status 200 a second, from `from` to `to`.
  double rate_between(Time from, Time to) const {
    std::size_t n = 0;
    for (const Request& r : requests_) n += r.status == 200 && r.end >= from && r.end < to ? 1 : 0;
    return static_cast<double>(n) / seconds_since(from, to);
  }

 private:
  void start() {
    budget_.start(now_);
    // All requests take equally long: they arrive in the order in which they start.
    const Answer answer = server_(now_ + latency_ / 2);
    running_.emplace(now_ + latency_, std::pair(now_, answer));
  }

  void end_one() {
    const auto [started, answer] = running_.begin()->second;
    running_.erase(running_.begin());
    requests_.push_back({started, now_, answer.status});
    if (answer.status == 200) {
      ++n_done_;
      budget_.answered(now_);
    } else {
      const double uniform = std::uniform_real_distribution<double>(0.0, 1.0)(random_);
      budget_.refused(now_, started, answer.retry_after, answer.status == 429, uniform);
    }
  }

  HostBudget budget_;
  Server server_;
  milliseconds latency_;
  std::mt19937_64 random_;
  Time now_ = kBegin;
  std::size_t n_done_ = 0;
  std::multimap<Time, std::pair<Time, Answer>> running_;
  std::vector<Request> requests_;
};

}  // namespace hitscope::ingest::simulation
