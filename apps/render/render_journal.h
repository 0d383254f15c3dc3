// The render journal: which clip goes to which place of which shard, and what became of it. SQLite beside the shards.
//
// Places are given out once, before anything is rendered, so an interrupted run continues to the same bytes as an
// undisturbed one. The journal follows its input: a clip that changed gets a new place at the end and its old row is
// marked superseded, as is the row of a clip that is gone.
// Thread safety: one thread at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "apps/clips/clip_list.h"
#include "ingest/sqlite.h"

namespace hitscope::apps::render {

inline constexpr int kRowsPerShard = 64;

/// A row's place: shard, and slot 0..kRowsPerShard-1 in the unfinished shard.
struct PendingRow {
  std::int64_t ordinal = 0;
  std::int64_t shard = 0;
  int slot = 0;
  const clips::ClipSource* source = nullptr;
};

/// What is known of a rendered clip.
struct RenderedClip {
  std::string xxh128;          ///< of the file's bytes
  double duration_s = 0.0;     ///< decoded, at most the render's duration
  int sample_rate = 0;         ///< of the file, Hz
  int n_channels = 0;          ///< of the file
  std::string media_type;      ///< by its first bytes
  std::uint64_t checksum = 0;  ///< XXH3 of the row's bytes in the shard
};

struct RenderRow {
  std::int64_t ordinal = 0;
  std::string id;
  std::string name;
  std::int64_t shard = 0;
  int slot = 0;
  bool superseded = false;
  tl::expected<RenderedClip, ingest::Failure> clip;
};

class RenderJournal {
 public:
  static constexpr const char* kFileName = "render.sqlite";
  explicit RenderJournal(const std::filesystem::path& folder);

  /// Gives every new or changed source a place, in one transaction. A failure is tried again when `limits` (what
  /// decides whether a readable file is accepted) differs from the run that recorded it, or when the file system or a
  /// missing library was to blame, or the spectrogram was lost. Rendered clips that are not in
  /// `sources` leave the index, unless `incremental`.
  void plan(std::vector<clips::ClipSource> sources, const std::string& limits, bool incremental);
  /// Clips accepted under other limits than these, which are not judged again.
  std::size_t n_accepted_otherwise(const std::string& limits);
  /// Makes all outcomes recorded so far durable, before a shard that relies on them is published.
  void sync();
  /// Rows without an outcome, in order; each row's source comes from the `plan` of this run and lives as long as this.
  std::vector<PendingRow> pending();
  void put(std::int64_t ordinal, const tl::expected<RenderedClip, ingest::Failure>& outcome);
  /// The bytes of a row did not survive: pending again, or failed as kMissing where this run's input lacks its clip.
  void lose(std::int64_t ordinal, const std::string& name);
  /// Rows with an outcome, by shard and slot.
  void for_each(const std::function<void(const RenderRow&)>& visit);
  std::vector<RenderRow> rows_of(std::int64_t shard);

 private:
  ingest::Database database_;
  ingest::Statement put_;
  std::vector<clips::ClipSource> sources_;
};

}  // namespace hitscope::apps::render
