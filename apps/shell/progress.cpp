#include "apps/shell/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <nlohmann/json.hpp>

#include "apps/shell/printable.h"
#include "apps/shell/words.h"

namespace hitscope::apps::shell {
namespace {

double rounded(double seconds) {
  return std::round(seconds * 1000.0) / 1000.0;
}

double seconds_of(std::chrono::steady_clock::duration time) {
  return std::chrono::duration<double>(time).count();
}

bool quiet = false;

}  // namespace

void set_quiet(bool is_quiet) {
  quiet = is_quiet;
}

bool is_quiet() {
  return quiet;
}

void write_note(std::string_view text) {
  if (!quiet) write_stderr(one_line(text) + '\n');
}

Progress::Progress(std::string verb, std::string unit, std::size_t total)
    : verb_(std::move(verb)),
      unit_(std::move(unit)),
      total_(total),
      terminal_(::isatty(STDERR_FILENO) == 1),
      start_(Clock::now()),
      drawn_(start_) {}

Progress::~Progress() {
  try {
    finish();
  } catch (const std::exception&) {  // no memory for a line: the last one is not drawn
  }
}

void Progress::add(bool failed, std::size_t n_bytes) {
  ++done_;
  failed_ += failed ? 1 : 0;
  n_bytes_ += n_bytes;
  tick();
}

void Progress::skip(bool failed) {
  ++skipped_;
  add(failed);
}

void Progress::tick() {
  const auto since = Clock::now() - drawn_;
  if (since >= (terminal_ ? std::chrono::milliseconds(100) : std::chrono::milliseconds(2000))) draw(false);
}

void Progress::pause(const std::string& host, std::chrono::milliseconds length, const std::string& reason) {
  paused_[host] = Clock::now() + length;
  if (terminal_ || quiet || length < std::chrono::milliseconds(500)) return;
  const nlohmann::ordered_json line{{"event", "pause"},
                                    {"verb", verb_},
                                    {"host", host},
                                    {"seconds", rounded(seconds_of(length))},
                                    {"reason", reason}};
  write_stderr(line.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) + "\n");
}

void Progress::finish() {
  if (finished_) return;
  finished_ = true;
  draw(true);
}

double Progress::rate(double seconds) const {
  return seconds > 0.0 ? static_cast<double>(done_ - skipped_) / seconds : 0.0;
}

std::optional<double> Progress::seconds_left(double seconds) const {
  if (total_ == 0 || rate(seconds) <= 0.0) return std::nullopt;
  return static_cast<double>(total_ - std::min(total_, done_)) / rate(seconds);
}

void Progress::draw(bool last) {
  if (quiet) return;
  drawn_ = Clock::now();
  std::erase_if(paused_, [&](const auto& host) { return host.second <= drawn_; });
  const double seconds = seconds_of(drawn_ - start_);
  terminal_ ? draw_bar(last, seconds) : draw_json(last, seconds);
}

void Progress::draw_json(bool last, double seconds) const {
  nlohmann::ordered_json line{{"event", last ? "finished" : "progress"},
                              {"verb", verb_},
                              {"done", done_},
                              {"failed", failed_},
                              {"total", total_},
                              {"bytes", n_bytes_},
                              {"seconds", rounded(seconds)},
                              {"per_second", rounded(rate(seconds))}};
  if (const auto left = seconds_left(seconds); left && !last) line["seconds_left"] = rounded(*left);
  for (const auto& [host, until] : paused_) {
    line["paused"].push_back({{"host", host}, {"seconds", rounded(seconds_of(until - drawn_))}});
  }
  write_stderr(line.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) + "\n");
}

void Progress::draw_bar(bool last, double seconds) const {
  constexpr int kBarWidth = 24;
  const double share = total_ > 0 ? static_cast<double>(done_) / static_cast<double>(total_) : 0.0;
  const int filled = std::clamp(static_cast<int>(share * kBarWidth), 0, kBarWidth);
  std::string line =
      fmt::format("{} [{}{}] {}/{} {}", verb_, std::string(filled, '#'), std::string(kBarWidth - filled, '.'), done_,
                  total_ > 0 ? std::to_string(total_) : "?", unit_);
  if (failed_ > 0) line += fmt::format(", {} failed", failed_);
  if (n_bytes_ > 0) line += ", " + megabytes(n_bytes_);
  line += fmt::format(", {:.1f}/s", rate(seconds));
  if (const auto left = seconds_left(seconds); left && !last) line += ", " + duration_text(*left) + " left";
  const auto longest = std::max_element(paused_.begin(), paused_.end(),
                                        [](const auto& a, const auto& b) { return a.second < b.second; });
  if (!last && longest != paused_.end()) {
    line +=
        fmt::format(", {} asks us to wait {:.0f} s", one_line(longest->first), seconds_of(longest->second - drawn_));
    if (paused_.size() > 1) line += fmt::format(" ({} hosts paused)", paused_.size());
  }
  write_stderr(fmt::format("\r{}\x1b[K{}", line, last ? "\n" : ""));
}

}  // namespace hitscope::apps::shell
