// Stops a fetch before its store is larger, or its disk fuller, than allowed.
// Thread safety: one thread per object.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "apps/fetch/fetch_run.h"
#include "ingest/fetch_journal.h"

namespace hitscope::apps::fetch {

class DiskLimit {
 public:
  DiskLimit(const FetchRunConfig& config, std::filesystem::path store, ingest::FetchJournal& journal);

  /// Counts a new clip, also one whose bytes are there already: the next run does not.
  void add(std::size_t n_bytes) { n_bytes_ += static_cast<double>(n_bytes); }
  /// Which limit was reached and what to do, with fields in back quotes; nullopt where none was. Transfers that run go
  /// on, so the limits can be passed by what they bring. Once reached, a limit stays reached.
  const std::optional<std::string>& reached();

 private:
  using Clock = std::chrono::steady_clock;

  double max_total_;
  double min_free_;
  std::filesystem::path store_;
  double n_bytes_ = 0.0;  // of the new clips and, where max_total_ needs them, of those before
  Clock::time_point looked_at_{};
  std::optional<std::string> reached_;
};

}  // namespace hitscope::apps::fetch
