#include "apps/spectrograms/spectrogram_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#include "apps/shell/printable.h"
#include "apps/shell/verb.h"
#include "apps/shell/work_share.h"
#include "apps/spectrograms/npy.h"
#include "dsp/half.h"
#include "ingest/folder.h"
#include "ingest/mapped_bytes.h"

namespace hitscope::apps::spectrograms {

namespace {

std::unique_ptr<ingest::MappedBytes> mapped(const std::filesystem::path& path) {
  const std::string when_lost = "hitscope: " + shell::one_line(path.string()) + ": " + ingest::kLostWhileRead +
                                "; when it is whole again, the same command continues\n";
  auto map = ingest::MappedBytes::map(ingest::Folder(path.parent_path()).open_regular(path.filename()),
                                      {when_lost, static_cast<int>(shell::ExitCode::kStopped)});
  if (map == nullptr) throw shell::UsageError(path.string() + ": cannot be mapped into memory");
  return map;
}

}  // namespace

struct SpectrogramStore::Shard {
  Shard(const std::filesystem::path& path, const RenderSettings& settings)
      : file(mapped(path)), data(file->bytes().data()) {
    const auto bytes = file->bytes();
    const auto shape = parse_npy_header({reinterpret_cast<const char*>(data), bytes.size()});
    const NpyShape wanted{shape ? shape->n_rows : 0, settings.front_end.n_bins(), settings.n_frames(),
                          settings.sample_type};
    if (!shape || *shape != wanted || (bytes.size() - kNpyHeaderBytes) / settings.bytes_per_row() != shape->n_rows) {
      throw shell::UsageError(path.string() + ": has another shape than render.json says; render again");
    }
    n_rows = shape->n_rows;
  }

  std::unique_ptr<ingest::MappedBytes> file;
  const std::byte* data;
  std::size_t n_rows = 0;
};

SpectrogramStore::SpectrogramStore(const std::filesystem::path& folder) : folder_(folder) {
  std::vector<std::filesystem::path> parts = shell::share_folders(folder);
  if (!parts.empty() && std::filesystem::exists(folder / kRenderJson)) {
    throw shell::UsageError(folder.string() + ": holds spectrograms both directly and in shares (" +
                            parts[0].filename().string() + " …); move one of the two away");
  }
  if (parts.empty()) parts = {folder};
  if (std::filesystem::is_directory(parts.front()) && !ingest::has_entry(parts.front(), kRenderJson) &&
      !ingest::has_entry(parts.front(), kIndexFile)) {
    throw shell::UsageError((folder / kRenderJson).string() +
                            ": is missing, so the folder holds no spectrograms; make them from a folder of audio with "
                            "hitscope render, and name that one");
  }
  for (const auto& part : parts) {
    read_settings(part, &part == &parts.front());
    read_index(part);
  }
}

void SpectrogramStore::read_settings(const std::filesystem::path& folder, bool first) {
  const std::filesystem::path json = folder / kRenderJson;
  if (!ingest::has_entry(folder, kRenderJson)) {
    throw shell::UsageError(json.string() + ": is missing; a folder made by hitscope render is needed");
  }
  try {
    const auto settings =
        settings_from_json(ingest::read_beneath(folder, kRenderJson, ingest::kMostJsonBytes), json.string());
    if (!first && !same_values(settings, settings_)) {
      throw shell::UsageError(json.string() +
                              ": this share was rendered with other settings than the first share; render it again");
    }
    settings_ = settings;
  } catch (const std::runtime_error& e) {
    throw shell::UsageError(e.what());
  }
}

SpectrogramStore::~SpectrogramStore() = default;

const SpectrogramStore::Shard& SpectrogramStore::shard(const std::filesystem::path& path) {
  auto& place = shards_[path];
  if (!place) place = std::make_unique<Shard>(path, settings_);
  return *place;
}

void SpectrogramStore::read_index(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / kIndexFile;
  index_files_.push_back(path);
  spectrograms::read_index(path, [&](const IndexLine& line, std::size_t number) { add(line, number, path); });
}

void SpectrogramStore::add(const IndexLine& line, std::size_t number, const std::filesystem::path& index) {
  Row row{std::string(line.id), nullptr, std::string(line.xxh128), sound_frames_of(line)};
  if (line.is_ok()) {
    const Shard& from = shard(index.parent_path() / std::filesystem::path(line.shard).filename());
    std::size_t offset = from.n_rows;
    const char* end = line.offset.data() + line.offset.size();
    if (std::from_chars(line.offset.data(), end, offset).ptr != end || offset >= from.n_rows) {
      throw shell::UsageError(fmt::format("{} row {}: offset '{}' is not below the {} rows of {}", index.string(),
                                          number, line.offset, from.n_rows, line.shard));
    }
    row.values = from.data + kNpyHeaderBytes + offset * settings_.bytes_per_row();
    ids_.push_back(row.id);
  } else {
    row.values = tl::make_unexpected(line.failure());
  }
  if (!rows_.emplace(line.id, std::move(row)).second) {
    throw shell::UsageError(index.string() + ": id '" + std::string(line.id) +
                            "' appears twice, in this index or in two shares");
  }
}

int SpectrogramStore::sound_frames_of(const IndexLine& line) const {
  double duration_s = 0.0;
  const std::string_view text = line.duration_s;
  const bool is_said = std::from_chars(text.data(), text.data() + text.size(), duration_s).ec == std::errc() &&
                       duration_s > 0.0 && duration_s < settings_.duration_s;
  if (!is_said) return settings_.n_frames();
  const auto n_samples = static_cast<std::int64_t>(std::ceil(duration_s * settings_.front_end.sample_rate));
  return static_cast<int>(settings_.front_end.n_sound_frames(n_samples, settings_.n_samples()));
}

const std::string& SpectrogramStore::fingerprint(const std::string& id) const {
  return rows_.at(id).xxh128;
}

std::vector<std::string> SpectrogramStore::known_ids() const {
  std::vector<std::string> ids;
  for (const auto& [id, row] : rows_) ids.push_back(id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

tl::expected<const std::byte*, ingest::Failure> SpectrogramStore::find(const std::string& id) const {
  const auto found = rows_.find(id);
  if (found != rows_.end()) return found->second.values;
  return tl::make_unexpected(ingest::Failure{ingest::Stage::kRender, ingest::FailureKind::kMissing,
                                             "id '" + id + "' has no spectrogram in " + folder_.string()});
}

tl::expected<dsp::Spectrogram, ingest::Failure> SpectrogramStore::read(const std::string& id) const {
  const auto bytes = find(id);
  if (!bytes) return tl::make_unexpected(bytes.error());
  dsp::Spectrogram result{std::vector<float>(settings_.n_values()), settings_.front_end.n_bins(), settings_.n_frames(),
                          settings_.front_end.result_scale()};
  if (settings_.sample_type == SampleType::kFloat32) {
    std::memcpy(result.values.data(), *bytes, result.values.size() * sizeof(float));
  } else {
    dsp::half_to_float({reinterpret_cast<const std::uint16_t*>(*bytes), result.values.size()}, result.values);
  }
  return result;
}

}  // namespace hitscope::apps::spectrograms
