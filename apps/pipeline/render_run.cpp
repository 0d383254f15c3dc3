#include "apps/pipeline/render_run.h"

#include <fmt/format.h>

#include <algorithm>

#include <chrono>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>

#include "apps/pipeline/failure_summary.h"
#include "apps/pipeline/pictures.h"
#include "apps/pipeline/progress.h"
#include "apps/pipeline/render_journal.h"
#include "apps/pipeline/shard_writer.h"
#include "apps/pipeline/spectrogram_store.h"
#include "apps/pipeline/workers.h"
#include "dsp/half.h"
#include "dsp/resample.h"
#include "ingest/csv.h"
#include "ingest/files.h"
#include "ingest/sha256.h"

namespace hitscope::apps {
namespace {

using ingest::Failure;
using Outcome = tl::expected<RenderedClip, Failure>;

std::vector<std::byte> stored_bytes(const std::vector<float>& values, SampleType type) {
  std::vector<std::byte> bytes(values.size() * (type == SampleType::kFloat16 ? 2 : 4));
  if (type == SampleType::kFloat32) {
    std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
  }
  std::vector<std::uint16_t> halves(values.size());
  std::transform(values.begin(), values.end(), halves.begin(), dsp::float_to_half);
  std::memcpy(bytes.data(), halves.data(), bytes.size());
  return bytes;
}

/// Writes render.json, or checks that the folder's own says the same.
void claim_folder(const std::filesystem::path& folder, const RenderSettings& settings) {
  const std::filesystem::path path = folder / kRenderJson;
  const std::string wanted = to_json(settings);
  if (!std::filesystem::exists(path)) {
    ingest::write_file(path, wanted);
    return;
  }
  std::ifstream file(path);
  const std::string found((std::istreambuf_iterator<char>(file)), {});
  if (found == wanted) return;
  std::string differences;
  const auto parsed = nlohmann::json::parse(found, nullptr, false);
  const auto theirs = parsed.is_object() ? parsed.flatten() : nlohmann::json::object();
  const auto ours = nlohmann::json::parse(wanted).flatten();
  for (const auto& [key, value] : ours.items()) {
    if (key == "/front_end_hash" || (theirs.contains(key) && theirs[key] == value)) continue;
    differences += fmt::format(" {} is {} there and {} now;", key.substr(key.rfind('/') + 1),
                               theirs.contains(key) ? theirs[key].dump() : "missing", value.dump());
  }
  throw UsageError(path.string() + ": the folder was rendered with other settings:" + differences +
                   " use another --out or the same settings");
}

class RenderRun {
 public:
  explicit RenderRun(const RenderRunConfig& config)
      : config_(config), lock_(config.folder), shards_(config.folder, config.settings) {
    claim_folder(config.folder, config.settings);
    journal_.emplace(config.folder);
  }

  ExitCode run(const std::vector<ClipSource>& sources) {
    const auto start = std::chrono::steady_clock::now();
    journal_->plan(sources, fmt::format("min_duration {} max_channels {}", config_.decode.min_duration_s,
                                        config_.decode.max_channels));
    recover();
    const std::vector<PendingRow> rows = journal_->pending();
    for (const PendingRow& row : rows) ++n_left_[row.shard];
    render(rows);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const std::size_t n_ok = write_index();
    const std::string work = n_rendered_ == 0 ? "all done before"
                                              : fmt::format("{} rendered in {:.1f} s, {:.1f} clips/s", n_rendered_,
                                                            seconds, static_cast<double>(n_rendered_) / seconds);
    std::cout << fmt::format("render: {} of {} ({}) in {}\n", n_ok, count_of(n_ok + summary_.count(), "clip"), work,
                             config_.folder.string());
    summary_.print(std::cout);
    if (stop_flag()) {
      std::cout << "stopped: the same command again continues where this one ended\n";
      return ExitCode::kStopped;
    }
    if (!config_.picture_folder.empty()) draw_pictures(config_.folder, config_.picture_folder, config_.n_threads);
    return summary_.count() == 0 ? ExitCode::kAllFine : ExitCode::kSomeFailed;
  }

 private:
  /// What a killed run left: rows whose bytes did not survive are rendered again, complete shards published.
  void recover() {
    std::map<std::int64_t, bool> unfinished;
    std::vector<std::int64_t> lost;
    journal_->for_each([&](const RenderRow& row) {
      const auto [known, is_new] = unfinished.emplace(row.shard, false);
      if (is_new) known->second = !shards_.is_finished(row.shard);
      if (known->second && row.clip && !shards_.verify(row)) lost.push_back(row.ordinal);
    });
    for (const std::int64_t ordinal : lost) journal_->forget(ordinal);
    for (const PendingRow& row : journal_->pending()) unfinished[row.shard] = false;
    for (const auto& [shard, complete] : unfinished) {
      if (complete) finish(shard);
    }
  }

  void finish(std::int64_t shard) {
    journal_->sync();  // a published shard must not know more than the journal does after a power cut
    shards_.finish(shard, journal_->rows_of(shard));
  }

  void render(const std::vector<PendingRow>& rows) {
    if (rows.empty()) return;
    Progress progress("render", "clips", rows.size());
    for_each_in_threads(rows.size(), config_.n_threads, [&] {
      return [&, log_mel = dsp::LogMel(config_.settings.front_end)](std::size_t i) mutable {
        if (stop_flag()) return;
        const Outcome outcome = render_row(rows[i], log_mel);
        const std::lock_guard guard(mutex_);
        journal_->put(rows[i].ordinal, outcome);
        ++n_rendered_;
        progress.add(!outcome);
        if (--n_left_[rows[i].shard] == 0) finish(rows[i].shard);
      };
    });
  }

  Outcome render_row(const PendingRow& row, dsp::LogMel& log_mel) {
    if (row.source.failure) return tl::make_unexpected(*row.source.failure);
    const auto bytes = ingest::read_file(row.source.path, ingest::kMaxAudioBytes);
    if (!bytes) return tl::make_unexpected(bytes.error());
    auto recording = ingest::decode(*bytes, row.source.path.string(), config_.decode);
    if (!recording) return tl::make_unexpected(recording.error());
    RenderedClip clip{ingest::sha256_hex(*bytes),
                      recording->waveform.duration_s(),
                      recording->waveform.sample_rate,
                      recording->n_channels,
                      std::string(ingest::media_type_of(recording->type)),
                      0};
    const RenderSettings& settings = config_.settings;
    const dsp::Waveform waveform = dsp::resample(recording->waveform, settings.front_end.sample_rate);
    const dsp::Spectrogram spectrogram = render_window(log_mel, waveform.samples, settings);
    if (!is_finite(spectrogram)) {
      return tl::make_unexpected(Failure{ingest::Stage::kRender, ingest::FailureKind::kNotFinite,
                                         row.source.path.string() + ": its spectrogram is not finite; are its samples "
                                                                    "within [-1, 1]?"});
    }
    // A picture of what the clip was before is not one of it.
    if (!config_.picture_folder.empty()) std::filesystem::remove(picture_path(config_.picture_folder, row.source.id));
    const std::vector<std::byte> stored = stored_bytes(spectrogram.values, settings.sample_type);
    clip.checksum = checksum(stored);
    shards_.write_row(row.shard, row.slot, stored);
    return clip;
  }

  /// index.csv; returns how many clips have a spectrogram.
  std::size_t write_index() {
    std::string lines = ingest::csv_line(kIndexColumns);
    std::size_t n_ok = 0;
    std::int64_t shard = -1;
    std::size_t offset = 0;
    journal_->for_each([&](const RenderRow& row) {
      if (row.shard != shard) offset = 0;
      shard = row.shard;
      const std::size_t place = row.clip ? offset++ : 0;
      if (row.superseded) return;
      const std::string number = std::to_string(row.ordinal);
      if (row.clip) {
        ++n_ok;
        lines += ingest::csv_line({number, row.id, row.name, "ok", shard_file_name(shard), std::to_string(place),
                                   row.clip->sha256, fmt::format("{:.6f}", row.clip->duration_s),
                                   std::to_string(row.clip->sample_rate), std::to_string(row.clip->n_channels),
                                   row.clip->media_type, "", "", ""});
        return;
      }
      const Failure& failure = row.clip.error();
      summary_.add(failure);
      lines += ingest::csv_line({number, row.id, row.name, "failed", "", "", "", "", "", "", "",
                                 to_string(failure.stage), to_string(failure.kind), failure.detail});
    });
    ingest::write_file(config_.folder / kIndexFile, lines);
    return n_ok;
  }

  const RenderRunConfig& config_;
  ingest::FolderLock lock_;
  ShardWriter shards_;
  std::optional<RenderJournal> journal_;
  FailureSummary summary_;
  std::mutex mutex_;  // guards the journal and what follows while threads run
  std::map<std::int64_t, std::size_t> n_left_;
  std::size_t n_rendered_ = 0;
};

}  // namespace

dsp::Spectrogram render_window(dsp::LogMel& log_mel, std::span<const float> samples, const RenderSettings& settings) {
  const auto wanted = static_cast<std::size_t>(settings.n_samples());
  if (samples.size() >= wanted) return log_mel.compute(samples.first(wanted));
  std::vector<float> padded(wanted, 0.0F);
  std::copy(samples.begin(), samples.end(), padded.begin());
  return log_mel.compute(padded);
}

bool is_finite(const dsp::Spectrogram& spectrogram) {
  return std::all_of(spectrogram.values.begin(), spectrogram.values.end(), [](float x) { return std::isfinite(x); });
}

ExitCode run_render(const RenderRunConfig& config) {
  config.settings.validate();
  RenderRunConfig resolved = config;
  resolved.decode.max_duration_s = config.settings.duration_s;
  resolved.decode.validate();
  const std::vector<ClipSource> sources = list_clips(config.input);
  return RenderRun(resolved).run(sources);
}

}  // namespace hitscope::apps
