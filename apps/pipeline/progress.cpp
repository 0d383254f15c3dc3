#include "apps/pipeline/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace hitscope::apps {

Progress::Progress(std::string verb, std::string unit, std::size_t total)
    : verb_(std::move(verb)),
      unit_(std::move(unit)),
      total_(total),
      terminal_(::isatty(STDERR_FILENO) == 1),
      start_(std::chrono::steady_clock::now()),
      drawn_(start_) {}

Progress::~Progress() {
  finish();
}

void Progress::add(bool failed, std::size_t n_bytes) {
  ++done_;
  failed_ += failed ? 1 : 0;
  n_bytes_ += n_bytes;
  const auto since = std::chrono::steady_clock::now() - drawn_;
  if (since >= (terminal_ ? std::chrono::milliseconds(100) : std::chrono::milliseconds(2000))) draw(false);
}

void Progress::finish() {
  if (finished_) return;
  finished_ = true;
  draw(true);
}

void Progress::draw(bool last) {
  drawn_ = std::chrono::steady_clock::now();
  const double seconds = std::chrono::duration<double>(drawn_ - start_).count();
  const double rate = seconds > 0.0 ? static_cast<double>(done_) / seconds : 0.0;
  const std::size_t left = total_ > done_ ? total_ - done_ : 0;
  if (!terminal_) {
    const nlohmann::ordered_json line{{"event", last ? "finished" : "progress"},
                                      {"verb", verb_},
                                      {"done", done_},
                                      {"failed", failed_},
                                      {"total", total_},
                                      {"bytes", n_bytes_},
                                      {"seconds", std::round(seconds * 1000.0) / 1000.0}};
    fmt::print(stderr, "{}\n", line.dump());
    return;
  }
  constexpr int kBarWidth = 24;
  const double share = total_ > 0 ? static_cast<double>(done_) / static_cast<double>(total_) : 0.0;
  const int filled = std::clamp(static_cast<int>(share * kBarWidth), 0, kBarWidth);
  std::string line = fmt::format("{} [{}{}] {}/{} {}", verb_, std::string(filled, '#'),
                                 std::string(kBarWidth - filled, '.'), done_, total_, unit_);
  if (failed_ > 0) line += fmt::format(", {} failed", failed_);
  if (n_bytes_ > 0) line += ", " + megabytes(n_bytes_);
  line += fmt::format(", {:.1f}/s", rate);
  if (!last && rate > 0.0 && total_ > 0) line += fmt::format(", {:.0f} s left", static_cast<double>(left) / rate);
  fmt::print(stderr, "\r{}\x1b[K{}", line, last ? "\n" : "");
  std::fflush(stderr);
}

std::string count_of(std::size_t n, const std::string& noun) {
  return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s");
}

std::string megabytes(std::size_t n_bytes) {
  return fmt::format("{:.1f} MB", static_cast<double>(n_bytes) / 1e6);
}

}  // namespace hitscope::apps
