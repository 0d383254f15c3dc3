#include "apps/fetch/disk_limit.h"

#include <fmt/format.h>

#include <system_error>
#include <utility>

namespace hitscope::apps::fetch {
namespace {

constexpr double kMegabyte = 1e6;

}  // namespace

DiskLimit::DiskLimit(const FetchRunConfig& config, std::filesystem::path store, ingest::FetchJournal& journal)
    : max_total_(config.max_total * kMegabyte), min_free_(config.min_free * kMegabyte), store_(std::move(store)) {
  if (max_total_ > 0.0) add(journal.clip_bytes());
}

const std::optional<std::string>& DiskLimit::reached() {
  constexpr std::chrono::milliseconds kLook{200};  // between two looks at the disk
  if (reached_) return reached_;
  if (max_total_ > 0.0 && n_bytes_ >= max_total_) {
    reached_ = fmt::format(
        "the clips in {} take {:.3f} MB, and `max_total` is {:g} MB; with a higher limit the same command continues",
        store_.string(), n_bytes_ / kMegabyte, max_total_ / kMegabyte);
  } else if (const auto now = Clock::now(); now - looked_at_ >= kLook) {
    looked_at_ = now;
    std::error_code error;
    const auto space = std::filesystem::space(store_, error);
    const bool is_known = !error && space.capacity > 0;  // some file systems do not say
    if (is_known && static_cast<double>(space.available) < min_free_) {
      reached_ = fmt::format(
          "the disk of {} has {:.0f} MB free, and `min_free` is {:g} MB; with more room the same command continues",
          store_.string(), static_cast<double>(space.available) / kMegabyte, min_free_ / kMegabyte);
    }
  }
  return reached_;
}

}  // namespace hitscope::apps::fetch
