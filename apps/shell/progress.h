// Progress on standard error: one redrawn line on a terminal, JSON lines every two seconds otherwise.
// Thread safety: calls must not overlap (callers hold their own lock).
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>

namespace hitscope::apps::shell {

/// With --quiet nothing is shown. Call before the first Progress is made.
void set_quiet(bool is_quiet);

class Progress {
 public:
  /// `verb` and `unit` name what is counted; total 0 means unknown.
  Progress(std::string verb, std::string unit, std::size_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// One more item is done; `failed` says how it ended, `n_bytes` what it weighed.
  void add(bool failed, std::size_t n_bytes = 0);
  /// One more item was done by an earlier run: it counts, but not for the rate.
  void skip(bool failed);
  /// A better guess of the total, or its final value.
  void set_total(std::size_t total) { total_ = total; }
  /// A host is left alone for so long. Shown until it ends; on a pipe also as a line of its own.
  void pause(const std::string& host, std::chrono::milliseconds length, const std::string& reason);
  /// Redraws where it is time to, though nothing is done.
  void tick();
  /// Draws the last state; called once at the end (the destructor does where it was not).
  void finish();

 private:
  using Clock = std::chrono::steady_clock;
  void draw(bool last);
  void draw_json(bool last, double seconds) const;
  void draw_bar(bool last, double seconds) const;
  double rate(double seconds) const;
  std::optional<double> seconds_left(double seconds) const;

  std::string verb_;
  std::string unit_;
  std::size_t total_;
  std::size_t done_ = 0;
  std::size_t skipped_ = 0;
  std::size_t failed_ = 0;
  std::size_t n_bytes_ = 0;
  std::map<std::string, Clock::time_point> paused_;  // host, until
  bool terminal_;
  bool finished_ = false;
  Clock::time_point start_;
  Clock::time_point drawn_;
};

}  // namespace hitscope::apps::shell
