#include "apps/render/render_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <iostream>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>

#include "apps/render/index_files.h"
#include "apps/render/length_counts.h"
#include "apps/render/render_journal.h"
#include "apps/render/shard_writer.h"
#include "apps/shell/command.h"
#include "apps/shell/printable.h"
#include "apps/shell/progress.h"
#include "apps/shell/words.h"
#include "apps/shell/work_share.h"
#include "apps/shell/workers.h"
#include "apps/spectrograms/spectrogram_store.h"
#include "dsp/feature_extractor.h"
#include "dsp/half.h"
#include "dsp/json.h"
#include "dsp/mel_filterbank.h"
#include "ingest/content_hash.h"
#include "ingest/files.h"
#include "ingest/folder.h"

namespace hitscope::apps::render {
namespace {

using ingest::Failure;
using Outcome = tl::expected<RenderedClip, Failure>;

std::vector<std::byte> stored_bytes(const std::vector<float>& values, spectrograms::SampleType type) {
  std::vector<std::byte> bytes(values.size() * (type == spectrograms::SampleType::kFloat16 ? 2 : 4));
  if (type == spectrograms::SampleType::kFloat32) {
    std::memcpy(bytes.data(), values.data(), bytes.size());
  } else {
    dsp::float_to_half(values, {reinterpret_cast<std::uint16_t*>(bytes.data()), values.size()});
  }
  return bytes;
}

/// Writes render.json, or checks that the folder's own gives the same values.
void claim_folder(const std::filesystem::path& folder, const spectrograms::RenderSettings& settings) {
  const std::filesystem::path path = folder / spectrograms::kRenderJson;
  if (!ingest::has_entry(folder, spectrograms::kRenderJson)) {
    ingest::write_file(path, to_json(settings));
    return;
  }
  const std::string found = ingest::read_beneath(folder, spectrograms::kRenderJson, ingest::kMostJsonBytes);
  try {
    if (same_values(spectrograms::settings_from_json(found, path.string()), settings)) return;
  } catch (const std::runtime_error& e) {
    throw shell::UsageError(e.what());
  }
  std::string differences;
  const auto theirs = dsp::parse_json<nlohmann::json>(found).flatten();
  const auto ours = nlohmann::json::parse(to_json(settings)).flatten();
  for (const auto& [key, value] : ours.items()) {
    if (key == "/front_end_hash" || key == "/preset" || (theirs.contains(key) && theirs[key] == value)) continue;
    differences += fmt::format(" {} is {} there and {} now;", key.substr(key.rfind('/') + 1),
                               theirs.contains(key) ? theirs[key].dump() : "missing", value.dump());
  }
  throw shell::UsageError(path.string() + ": the folder was rendered with other settings:" + differences +
                          " use another `out`, or the same settings");
}

/// Everything that decides whether a readable file is accepted.
std::string limits_of(const clips::ClipRules& rules) {
  const ingest::QuarantineRules& q = rules.quarantine;
  return fmt::format("min_duration {} max_channels {} silence_db {} max_clipped {} keep {}{}{}{}", q.min_duration_s,
                     rules.decode.max_channels, q.silence_db, q.max_clipped_share, q.keep_silent ? "s" : "",
                     q.keep_constant ? "k" : "", q.keep_clipped ? "c" : "", q.keep_wrong_length ? "l" : "");
}

class RenderRun {
 public:
  explicit RenderRun(const RenderRunConfig& config)
      : config_(config), lock_(config.folder), shards_(config.folder, config.settings) {
    claim_folder(config.folder, config.settings);
    try {
      journal_.emplace(config.folder);
    } catch (const ingest::DamagedDatabase& e) {
      throw shell::UsageError(e.what() +
                              std::string("; it says which clips are rendered: render into another folder, or remove "
                                          "it to render all of them again"));
    }
  }

  shell::ExitCode run(std::vector<clips::ClipSource> sources) {
    const auto start = std::chrono::steady_clock::now();
    const std::string limits = limits_of(config_.rules);
    journal_->plan(std::move(sources), limits, config_.incremental);
    if (const std::size_t n = journal_->n_accepted_otherwise(limits); n > 0) {
      std::cout << fmt::format(
          "note: {} accepted earlier under other quarantine rules; use another --out to check them "
          "again\n",
          shell::count_of(n, "clip"));
    }
    recover();
    const std::vector<PendingRow> rows = journal_->pending();
    for (const PendingRow& row : rows) ++n_left_[row.shard];
    render(rows);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const std::string work = n_rendered_ == 0 ? "nothing new to render"
                                              : fmt::format("{} rendered in {:.1f} s, {:.1f} clips/s", n_rendered_,
                                                            seconds, static_cast<double>(n_rendered_) / seconds);
    if (shell::stop_flag()) {  // an index would name shards that do not exist yet
      std::cout << fmt::format("{}; stopped: run the same command again to continue\n", work);
      return shell::ExitCode::kStopped;
    }
    IndexFiles index;
    LengthCounts lengths(config_.settings.duration_s);
    journal_->for_each([&](const RenderRow& row) {
      index.add(row);
      if (row.clip && !row.superseded) lengths.add(row.clip->duration_s);
    });
    index.write(config_.folder);
    std::cout << fmt::format("render: {} of {} ({}) in {}\n", index.n_ok(),
                             shell::count_of(index.n_ok() + index.n_failed(), "clip"), work, config_.folder.string());
    if (const std::string words = shell::with_flags(lengths.in_words()); !words.empty())
      std::cout << "length: " << words << '\n';
    index.print_failures(std::cout, config_.folder);
    draw_pictures(config_.folder, config_.pictures, config_.n_threads);
    if (shell::stop_flag()) return shell::ExitCode::kStopped;
    return index.n_failed() == 0 ? shell::ExitCode::kAllFine : shell::ExitCode::kSomeFailed;
  }

 private:
  /// Continues after a killed run: rows whose bytes are lost are rendered again, complete shards are published.
  void recover() {
    std::map<std::int64_t, bool> pending;  // by shard
    for (const PendingRow& row : journal_->pending()) pending[row.shard] = true;
    std::map<std::int64_t, bool> finished;
    std::vector<RenderRow> lost;
    journal_->for_each([&](const RenderRow& row) {
      const auto [known, is_new] = finished.emplace(row.shard, false);
      if (is_new) known->second = settle(row.shard, pending.contains(row.shard));
      if (!known->second && row.clip && !shards_.verify(row)) lost.push_back(row);
    });
    for (const RenderRow& row : lost) journal_->lose(row.ordinal, row.name);
    for (const PendingRow& row : journal_->pending()) pending[row.shard] = true;
    for (const auto& [shard, done] : finished) {
      if (!done && !pending.contains(shard)) finish(shard, *journal_);
    }
  }

  /// Whether the shard is finished and needs no more care.
  bool settle(std::int64_t shard, bool has_pending_rows) {
    if (!shards_.is_finished(shard)) return false;
    if (has_pending_rows) {  // a journal older than its shard, such as one from a backup
      shards_.discard(shard);
      return false;
    }
    shards_.remove_part(shard);
    return true;
  }

  void finish(std::int64_t shard, RenderJournal& journal) {
    journal.sync();  // a published shard must not know more than the journal does after a power cut
    shards_.finish(shard, journal.rows_of(shard));
  }

  void render(const std::vector<PendingRow>& rows) {
    if (rows.empty()) return;
    shell::Progress progress("render", "clips", rows.size());
    RenderJournal finishing(config_.folder);  // a connection of its own: syncing must not hold up the workers
    shell::BackgroundWorker disk;
    shell::for_each_in_threads(rows.size(), config_.n_threads, [&] {
      return [&, worker = Worker(config_)](std::size_t i) mutable {
        if (shell::stop_flag()) return;
        const Outcome outcome = render_row(rows[i], worker);
        const std::lock_guard guard(mutex_);
        journal_->put(rows[i].ordinal, outcome);
        ++n_rendered_;
        progress.add(!outcome);
        const std::int64_t shard = rows[i].shard;
        if (--n_left_[shard] == 0) disk.post([&, shard] { finish(shard, finishing); });
      };
    });
    disk.drain();
  }

  struct Worker {
    explicit Worker(const RenderRunConfig& config)
        : reader(config.settings.front_end, config.rules), extractor(config.settings.front_end) {}
    clips::ClipReader reader;
    dsp::FeatureExtractor extractor;
  };

  Outcome render_row(const PendingRow& row, Worker& worker) {
    const clips::ClipSource& source = *row.source;
    if (source.failure) return tl::make_unexpected(*source.failure);
    const spectrograms::RenderSettings& settings = config_.settings;
    const std::string name = shell::name_text(source.path.string());
    auto loaded = worker.reader.read(source.path, name);
    if (!loaded) return tl::make_unexpected(std::move(loaded.error()));
    RenderedClip clip{std::move(loaded->xxh128),     loaded->duration_s,
                      loaded->sample_rate,           loaded->n_channels,
                      std::move(loaded->media_type), 0};
    const auto n_samples = static_cast<std::size_t>(settings.n_samples());
    const dsp::Spectrogram spectrogram = worker.extractor.compute_length(loaded->waveform.samples, n_samples);
    if (!spectrogram.is_finite()) {
      return tl::make_unexpected(Failure{ingest::Stage::kRender, ingest::FailureKind::kNotFinite,
                                         name + ": its spectrogram is not finite; its samples "
                                                "should lie within [-1, 1]"});
    }
    const std::vector<std::byte> stored = stored_bytes(spectrogram.values, settings.sample_type);
    clip.checksum = ingest::xxh3_64(stored);
    shards_.write_row(row.shard, row.slot, stored);
    return clip;
  }

  const RenderRunConfig& config_;
  ingest::FolderLock lock_;
  ShardWriter shards_;
  std::optional<RenderJournal> journal_;
  std::mutex mutex_;  // guards the journal and what follows while threads run
  std::map<std::int64_t, std::size_t> n_left_;
  std::size_t n_rendered_ = 0;
};

}  // namespace

namespace {

/// librosa and torchaudio warn about these, too.
void note_empty_bands(const dsp::FrontEndConfig& front_end) {
  if (front_end.feature == dsp::Feature::kSpectrogram) return;
  const int n = dsp::MelFilterbank(front_end).n_empty();
  if (n == 0) return;
  std::cout << fmt::format(
      "note: {} of {} mel bands contain no frequency bin and stay empty; use a larger --n-fft or a smaller --n-mels\n",
      n, front_end.n_mels);
}

}  // namespace

RenderRunConfig resolved(const RenderRunConfig& config) {
  config.settings.validate();
  config.pictures.range.validate();
  RenderRunConfig result = config;
  // Slightly more than is kept, so that the end of the resampler's input does not affect the last frames.
  constexpr double kMargin = 0.1;
  result.rules.decode.max_duration_s =
      std::max(config.settings.duration_s, config.rules.quarantine.min_duration_s) + kMargin;
  result.rules.validate();
  return result;
}

shell::ExitCode run_render(const RenderRunConfig& config) {
  if (config.folder.empty()) throw shell::UsageError("`out` FOLDER is required (or `show`, to draw one picture)");
  const shell::WorkShare share = shell::work_share(config.shard);
  shell::keep_freed_memory();
  RenderRunConfig ours = resolved(config);
  note_empty_bands(config.settings.front_end);
  std::vector<clips::ClipSource> sources = clips::list_clips(config.input);
  if (share.count > 1) {
    const std::size_t n_all = sources.size();
    std::erase_if(sources, [&](const clips::ClipSource& source) { return !share.holds(source.id); });
    ours.folder = share.folder(config.folder);
    std::cout << fmt::format("share {} of {} (by {}): {} of {}\n", share.index, share.count, share.origin,
                             sources.size(), shell::count_of(n_all, "clip"));
  }
  RenderRun run(ours);
  shell::narrow_sandbox(clips::places_of(sources));
  return run.run(std::move(sources));
}

}  // namespace hitscope::apps::render
