// Makes index.csv and failures.csv of a render from its journal, and prints the summary of its failures.
// Thread safety: one thread per object.
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
  /// Adds the next row, in the order of the journal, which gives the spectrogram's row in its shard.
  void add(const RenderRow& row);
  /// Writes both files to `folder`.
  void write(const std::filesystem::path& folder) const;
  /// Prints the failures by kind, the path of failures.csv and the options that accept such clips; nothing without
  /// failures.
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
  std::size_t next_place_ = 0;  // next row in shard_
  shell::FailureSummary summary_;
  std::set<std::string_view> accepting_;  // settings that would accept some of the failed clips
};

}  // namespace hitscope::apps::render
