// The render journal, an SQLite file beside the shards: the place of every clip (shard and slot) and its outcome.
//
// Places are assigned once, before anything is rendered, so an interrupted run ends with the same bytes as an
// uninterrupted one. The journal follows its input: a changed clip gets a new place at the end and its old row is
// marked superseded, as is the row of a clip that is no longer in the input.
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

/// A row without an outcome, with its place: the shard and the slot in it, 0..kRowsPerShard-1.
struct PendingRow {
  std::int64_t ordinal = 0;
  std::int64_t shard = 0;
  int slot = 0;
  const clips::ClipSource* source = nullptr;
};

/// The properties of a rendered clip.
struct RenderedClip {
  std::string xxh128;          ///< XXH3 hash (128 bits) of the file's bytes
  double duration_s = 0.0;     ///< length of the file, as LoadedClip has it
  int sample_rate = 0;         ///< sample rate of the file, Hz
  int n_channels = 0;          ///< channels of the file
  std::string media_type;      ///< media type, by the file's first bytes
  std::uint64_t checksum = 0;  ///< XXH3 hash (64 bits) of the row's bytes in the shard
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

  /// Gives every new or changed source a place, in one transaction. A failed clip is tried again if `limits` (the
  /// settings by which readable files are accepted) differ from those it failed under, if the file system or a missing
  /// library was the reason, or if its spectrogram was lost. Rendered clips that are not in `sources` leave the index,
  /// unless `incremental`.
  void plan(std::vector<clips::ClipSource> sources, const std::string& limits, bool incremental);
  /// The number of clips that were accepted under other limits, which are not checked again.
  std::size_t n_accepted_otherwise(const std::string& limits);
  /// Makes all outcomes recorded so far durable, before a shard that relies on them is published.
  void sync();
  /// The rows without an outcome, in order. Their sources are those of this run's plan() and live as long as the
  /// journal.
  std::vector<PendingRow> pending();
  void put(std::int64_t ordinal, const tl::expected<RenderedClip, ingest::Failure>& outcome);
  /// Records that the bytes of a row are lost: it becomes pending again, or fails as kMissing if this run's input lacks
  /// the clip `name`.
  void lose(std::int64_t ordinal, const std::string& name);
  /// Calls `visit` for the rows with an outcome, by shard and slot.
  void for_each(const std::function<void(const RenderRow&)>& visit);
  std::vector<RenderRow> rows_of(std::int64_t shard);

 private:
  ingest::Database database_;
  ingest::Statement put_;
  std::vector<clips::ClipSource> sources_;
};

}  // namespace hitscope::apps::render
