// Shards on disk while they are being filled: rows at fixed places of a .part file, then a finished .npy.
//
// A finished shard holds its rows in slot order without gaps for failed ones, and is never touched again. The .part
// keeps every row where it was until the finished file stands, so that a kill loses none.
// Thread safety: write_row may be called from many threads for different rows, finish from one beside them, for shards
// whose rows are all written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <span>
#include <vector>

#include "apps/render/render_journal.h"
#include "apps/spectrograms/render_settings.h"

namespace hitscope::apps::render {

/// "shard-00042.npy".
std::string shard_file_name(std::int64_t shard);

class ShardWriter {
 public:
  ShardWriter(std::filesystem::path folder, const spectrograms::RenderSettings& settings);
  ~ShardWriter();
  ShardWriter(const ShardWriter&) = delete;
  ShardWriter& operator=(const ShardWriter&) = delete;

  /// `bytes` is one row, settings.bytes_per_row() long. Throws std::system_error.
  void write_row(std::int64_t shard, int slot, std::span<const std::byte> bytes);
  /// Publishes the shard made of `rows` (all of its rows, with their outcomes). Throws std::system_error.
  void finish(std::int64_t shard, const std::vector<RenderRow>& rows);
  bool is_finished(std::int64_t shard) const;
  /// Forgets a finished shard whose rows the journal does not all know.
  void discard(std::int64_t shard);
  /// Removes what a kill between publishing and cleaning up left beside a finished shard.
  void remove_part(std::int64_t shard);
  /// True where the unfinished shard still holds the bytes that `row` was recorded with.
  bool verify(const RenderRow& row);

 private:
  int part(std::int64_t shard);
  std::vector<std::byte> read_row(std::int64_t shard, int slot);

  std::filesystem::path folder_;
  spectrograms::RenderSettings settings_;
  std::mutex mutex_;
  std::map<std::int64_t, int> parts_;  // open files
};

}  // namespace hitscope::apps::render
