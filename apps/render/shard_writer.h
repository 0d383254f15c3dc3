// Writes shards: rows go to fixed places in a .part file, from which the finished .npy is made.
//
// A finished shard holds its rows in slot order without gaps for failed ones and is never changed. The .part file keeps
// its rows until the finished file is in place, so that a kill loses none.
// Thread safety: any number of threads may call write_row for different rows while one thread calls finish for shards
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

/// The name of a shard's file: "shard-00042.npy".
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
  /// Removes a finished shard that has rows which the journal does not know.
  void discard(std::int64_t shard);
  /// Removes the .part file of a finished shard, which a kill may have left behind.
  void remove_part(std::int64_t shard);
  /// Whether the unfinished shard still holds the bytes with which `row` was recorded.
  bool verify(const RenderRow& row);

 private:
  int part(std::int64_t shard);
  std::vector<std::byte> read_row(std::int64_t shard, int slot);

  std::filesystem::path folder_;
  spectrograms::RenderSettings settings_;
  std::mutex mutex_;
  std::map<std::int64_t, int> parts_;  // descriptors of open .part files
};

}  // namespace hitscope::apps::render
