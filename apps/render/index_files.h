// index.csv and failures.csv of a render, made from its journal, and what the summary says of the failures.
// Thread safety: one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <ostream>
#include <set>
#include <string>
#include <string_view>

#include "apps/render/render_journal.h"
#include "apps/shell/failure_summary.h"
#include "apps/spectrograms/clip_index.h"

namespace hitscope::apps::render {

inline constexpr const char* kFailuresFile = "failures.csv";

class IndexFiles {
 public:
  /// The next row, in the order of the journal: a spectrogram's place in its shard is counted here.
  void add(const RenderRow& row);
  /// Both files, into `folder`.
  void write(const std::filesystem::path& folder) const;
  /// Prints the failures by kind, where all of them are, and the options that accept such clips; nothing where there
  /// are none.
  void print_failures(std::ostream& out, const std::filesystem::path& folder) const;

  std::size_t n_ok() const { return n_ok_; }
  std::size_t n_failed() const { return summary_.count(); }

 private:
  void add_clip(const RenderRow& row, std::size_t place);
  void add_failure(const RenderRow& row);

  std::string index_ = spectrograms::index_header();
  std::string failures_ = spectrograms::failures_header();
  std::size_t n_ok_ = 0;
  std::int64_t shard_ = -1;
  std::size_t next_place_ = 0;  // in shard_
  shell::FailureSummary summary_;
  std::set<std::string_view> accepting_;  // settings that accept some of the failed clips
};

}  // namespace hitscope::apps::render
