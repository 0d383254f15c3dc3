// Reads a folder of rendered spectrograms: the index is held in memory and the shards are mapped. A folder of shares
// (made with `shard`) reads as one. It does not render or write.
//
// Thread safety: immutable after construction; any number of threads.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <tl/expected.hpp>

#include "apps/spectrograms/clip_index.h"
#include "apps/spectrograms/render_settings.h"
#include "dsp/spectrogram.h"
#include "ingest/failure.h"

namespace hitscope::apps::spectrograms {

inline constexpr const char* kRenderJson = "render.json";

class SpectrogramStore {
 public:
  /// Reads index and settings and maps the shards. Throws UsageError naming a file that is missing or inconsistent.
  explicit SpectrogramStore(const std::filesystem::path& folder);
  const std::filesystem::path& folder() const { return folder_; }
  ~SpectrogramStore();
  SpectrogramStore(const SpectrogramStore&) = delete;
  SpectrogramStore& operator=(const SpectrogramStore&) = delete;

  const RenderSettings& settings() const { return settings_; }
  /// The first byte of the clip's values, [n_bins, n_frames] of settings().sample_type; for a clip without spectrogram
  /// its failure, for an unknown id kMissing.
  tl::expected<const std::byte*, ingest::Failure> find(const std::string& id) const;
  /// The spectrogram of a clip as float32; failures are those of find().
  tl::expected<dsp::Spectrogram, ingest::Failure> read(const std::string& id) const;
  /// Frames of a known id's spectrogram that see no padding; all of them where its index does not say.
  int n_sound_frames(const std::string& id) const { return rows_.at(id).n_sound_frames; }
  /// Hash of the clip that the spectrogram of a known id was made from.
  const std::string& fingerprint(const std::string& id) const;
  /// Paths of index.csv, one per share.
  const std::vector<std::filesystem::path>& index_files() const { return index_files_; }
  /// Ids with a spectrogram, in index order.
  const std::vector<std::string>& ids() const { return ids_; }
  /// All ids of the index, also those without a spectrogram, sorted.
  std::vector<std::string> known_ids() const;

 private:
  struct Shard;
  struct Row {
    std::string id;
    tl::expected<const std::byte*, ingest::Failure> values;
    std::string xxh128;
    int n_sound_frames = 0;
  };
  void add(const IndexLine& line, std::size_t number, const std::filesystem::path& index);
  int sound_frames_of(const IndexLine& line) const;
  const Shard& shard(const std::filesystem::path& path);
  void read_settings(const std::filesystem::path& folder, bool first);
  void read_index(const std::filesystem::path& folder);

  std::filesystem::path folder_;
  RenderSettings settings_;
  std::vector<std::filesystem::path> index_files_;
  std::map<std::filesystem::path, std::unique_ptr<Shard>> shards_;
  std::unordered_map<std::string, Row> rows_;
  std::vector<std::string> ids_;
};

}  // namespace hitscope::apps::spectrograms
