// Progress on standard error: one redrawn line on a terminal, JSON lines every two seconds otherwise.
// Thread safety: calls must not overlap (callers hold their own lock).
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace hitscope::apps {

class Progress {
 public:
  /// `verb` and `unit` name what is counted; total 0 means unknown.
  Progress(std::string verb, std::string unit, std::size_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// One more item is done; `failed` says how it ended, `n_bytes` what it weighed.
  void add(bool failed, std::size_t n_bytes = 0);
  /// Draws the last state; called once at the end (the destructor does where it was not).
  void finish();

 private:
  void draw(bool last);

  std::string verb_;
  std::string unit_;
  std::size_t total_;
  std::size_t done_ = 0;
  std::size_t failed_ = 0;
  std::size_t n_bytes_ = 0;
  bool terminal_;
  bool finished_ = false;
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point drawn_;
};

/// "1 row", "2 rows".
std::string count_of(std::size_t n, const std::string& noun);
/// "43.2 MB".
std::string megabytes(std::size_t n_bytes);

}  // namespace hitscope::apps
