// Shows progress on standard error: one redrawn line on a terminal, else a JSON line every two seconds.
// Thread safety: calls must not overlap (callers hold their own lock).
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace hitscope::apps::shell {

/// Turns progress off, as for --quiet. Call it before the first Progress is made.
void set_quiet(bool is_quiet);
bool is_quiet();

/// Writes a line on standard error, unless set_quiet(true) was called.
void write_note(std::string_view text);

class Progress {
 public:
  /// `verb` and `unit` say what is counted; a `total` of 0 is unknown.
  Progress(std::string verb, std::string unit, std::size_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Counts an item as done; `failed` says how it ended, `n_bytes` is its size.
  void add(bool failed, std::size_t n_bytes = 0);
  /// Counts an item that an earlier run did, which does not affect the rate.
  void skip(bool failed);
  /// Sets a better estimate of the total, or its final value.
  void set_total(std::size_t total) { total_ = total; }
  /// Shows, until it ends, that a host is not requested for `length`; not on a terminal, it is also printed as a line
  /// of its own.
  void pause(const std::string& host, std::chrono::milliseconds length, const std::string& reason);
  /// Redraws if it is time to, without counting an item.
  void tick();
  /// Draws the final state; the destructor calls it if nobody did.
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
  std::map<std::string, Clock::time_point> paused_;  // the end of each host's pause
  bool terminal_;
  bool finished_ = false;
  Clock::time_point start_;
  Clock::time_point drawn_;
};

}  // namespace hitscope::apps::shell
