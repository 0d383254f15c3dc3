#include "apps/score/score_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <iostream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "apps/clips/clip_list.h"
#include "apps/runs/run_folder.h"
#include "apps/shell/progress.h"
#include "apps/shell/text_table.h"
#include "apps/spectrograms/window.h"
#include "dsp/feature_extractor.h"
#include "ingest/files.h"
#include "ingest/tables/csv.h"
#include "models/heads/runtime.h"

namespace hitscope::apps::score {
namespace {

using ingest::Failure;
using nlohmann::ordered_json;

struct ScoredTrack {
  std::string file;
  double duration_s = 0.0;
  int n_windows = 0;
  std::vector<double> probabilities;  // empty for a failure, and for a regression
  std::size_t best = 0;               // the class that is predicted
  double value = 0.0;                 // of a regression
  std::optional<Failure> failure;
};

class Scorer {
 public:
  explicit Scorer(const ScoreRunConfig& config) : bundle_(runs::read_bundle(config.run)) {
    for (const runs::BundleHead& head : bundle_.heads) {
      auto loaded = load_head(config.run, head, bundle_.labels.n_classes());
      if (loaded->input() == models::HeadInput::kSpectrogram && !head_) head_ = std::move(loaded);
    }
    if (!head_ || !bundle_.front_end) {
      throw shell::UsageError(
          config.run.string() +
          ": holds no head with spectrogram input alone; score does not read table columns, so train a network "
          "with --spectrograms");
    }
    head_->predict_in(config.precision);
    reader_.emplace(bundle_.front_end->front_end, config.rules);
    extractor_.emplace(bundle_.front_end->front_end);
  }

  ScoredTrack score(const clips::ClipSource& clip) {
    ScoredTrack result{clip.path.empty() ? clip.name : clip.path.string(), 0.0, 0, {}, 0, 0.0, clip.failure};
    if (result.failure) return result;
    const auto loaded = reader_->read(clip.path, result.file);
    if (!loaded) return failed(std::move(result), loaded.error());
    result.duration_s = loaded->duration_s;
    predict(loaded->waveform, result);
    return result;
  }

  const spectrograms::RenderSettings& settings() const { return *bundle_.front_end; }
  const runs::Bundle& bundle() const { return bundle_; }
  const std::vector<std::string>& class_names() const { return bundle_.labels.class_names(); }
  bool is_regression() const { return bundle_.labels.is_regression(); }
  std::string head_name() const { return std::string(head_->name()); }

 private:
  static ScoredTrack failed(ScoredTrack result, Failure failure) {
    failure.stage = failure.stage == ingest::Stage::kDecode ? failure.stage : ingest::Stage::kScore;
    result.failure = std::move(failure);
    return result;
  }

  /// Starts of the windows, in samples.
  std::vector<std::size_t> window_starts(std::size_t n_samples) const {
    const auto length = static_cast<std::size_t>(settings().n_samples());
    std::vector<std::size_t> starts{0};
    while (starts.back() + length + length / 10 < n_samples) {
      starts.push_back(std::min(starts.back() + length, n_samples - length));
    }
    return starts;
  }

  void predict(const dsp::Waveform& waveform, ScoredTrack& result) {
    const std::vector<std::size_t> starts = window_starts(waveform.samples.size());
    result.n_windows = static_cast<int>(starts.size());
    models::data::Probabilities mean{1, static_cast<int>(class_names().size()), {}};  // of the windows
    mean.values.assign(class_names().size(), 0.0);
    for (const std::size_t start : starts) {  // one at a time: memory stays that of one window
      const auto samples = std::span(waveform.samples).subspan(start);
      const dsp::Spectrogram window = render_window(*extractor_, samples, settings());
      if (!spectrograms::is_finite(window)) {
        result.failure =
            Failure{ingest::Stage::kScore, ingest::FailureKind::kNotFinite,
                    result.file + ": its spectrogram is not finite; its samples should lie within [-1, 1]"};
        return;
      }
      models::data::Dataset data;
      data.n_rows = 1;
      data.spectrograms = {window.n_bins,
                           window.n_frames,
                           models::data::StoredType::kFloat32,
                           {reinterpret_cast<const std::byte*>(window.values.data())}};
      const std::size_t row = 0;
      if (is_regression()) {
        result.value += head_->predict_values(data, {&row, 1}).at(0) / static_cast<double>(starts.size());
        continue;
      }
      const models::data::Probabilities p = head_->predict(data, {&row, 1});
      mean.threshold = p.threshold;
      for (std::size_t c = 0; c < mean.values.size(); ++c) {
        mean.values[c] += p.values.at(c) / static_cast<double>(starts.size());
      }
    }
    if (is_regression()) return;
    result.best = static_cast<std::size_t>(mean.predicted(0));
    result.probabilities = std::move(mean.values);
  }

  runs::Bundle bundle_;
  std::unique_ptr<models::Head> head_;
  std::optional<clips::ClipReader> reader_;
  std::optional<dsp::FeatureExtractor> extractor_;
};

std::vector<clips::ClipSource> gather(const ScoreRunConfig& config) {
  std::vector<clips::ClipSource> clips;
  for (const std::filesystem::path& input : config.inputs) {
    if (!std::filesystem::exists(input)) {
      Failure failure{ingest::Stage::kScore, ingest::FailureKind::kUnreadable,
                      input.string() + ": no such file or folder"};
      clips.push_back({input.stem().string(), {}, input.string(), std::move(failure)});
      continue;
    }
    try {
      auto listed = clips::list_clips(input);
      std::move(listed.begin(), listed.end(), std::back_inserter(clips));
    } catch (const shell::UsageError& e) {
      clips.push_back({input.string(),
                       {},
                       input.string(),
                       Failure{ingest::Stage::kScore, ingest::FailureKind::kUnreadable, e.what()}});
    }
  }
  return clips;
}

/// What the head says of a track in one word: its class, or the value of a regression.
std::string answer(const ScoredTrack& track, const Scorer& scorer) {
  return scorer.is_regression() ? fmt::format("{:.6g}", track.value) : scorer.class_names()[track.best];
}

std::string as_table(const std::vector<ScoredTrack>& tracks, const Scorer& scorer) {
  const auto& names = scorer.class_names();
  std::vector<std::vector<std::string>> cells{
      {"file", "seconds", "windows", scorer.is_regression() ? "value" : "class"}};
  cells[0].insert(cells[0].end(), names.begin(), names.end());
  for (const ScoredTrack& track : tracks) {
    if (track.failure) {
      cells.push_back({track.file, "", "", "FAILED"});
      continue;
    }
    cells.push_back(
        {track.file, fmt::format("{:.1f}", track.duration_s), std::to_string(track.n_windows), answer(track, scorer)});
    for (const double p : track.probabilities) cells.back().push_back(fmt::format("{:.3f}", p));
  }
  std::string text = shell::text_table(cells);
  for (const ScoredTrack& track : tracks) {
    if (track.failure) {
      text += fmt::format("failed {}/{}: {}\n", to_string(track.failure->stage), to_string(track.failure->kind),
                          track.failure->detail);
    }
  }
  return text;
}

std::string as_csv(const std::vector<ScoredTrack>& tracks, const Scorer& scorer) {
  std::vector<std::string> header{"file",           "status",  scorer.is_regression() ? "value" : "class",
                                  "head",           "windows", "seconds",
                                  "front_end_hash", "stage",   "kind",
                                  "detail"};
  for (const std::string& name : scorer.class_names()) header.push_back("p:" + name);
  std::string lines = ingest::tables::csv_line(header);
  const std::string hash = front_end_hash(scorer.settings());
  for (const ScoredTrack& track : tracks) {
    std::vector<std::string> cells{track.file,
                                   "ok",
                                   "",
                                   scorer.head_name(),
                                   std::to_string(track.n_windows),
                                   fmt::format("{:.3f}", track.duration_s),
                                   hash,
                                   "",
                                   "",
                                   ""};
    if (track.failure) {
      cells = {track.file,
               "failed",
               "",
               "",
               "",
               "",
               hash,
               std::string(to_string(track.failure->stage)),
               std::string(to_string(track.failure->kind)),
               track.failure->detail};
    } else {
      cells[2] = answer(track, scorer);
      for (const double p : track.probabilities) cells.push_back(fmt::format("{:.6f}", p));
    }
    cells.resize(header.size());
    lines += ingest::tables::csv_line(cells);
  }
  return lines;
}

std::string as_json_lines(const std::vector<ScoredTrack>& tracks, const Scorer& scorer) {
  std::string lines;
  const std::string hash = front_end_hash(scorer.settings());
  for (const ScoredTrack& track : tracks) {
    ordered_json j{{"file", track.file}, {"status", track.failure ? "failed" : "ok"}, {"front_end_hash", hash}};
    if (track.failure) {
      j["stage"] = to_string(track.failure->stage);
      j["kind"] = to_string(track.failure->kind);
      j["detail"] = track.failure->detail;
    } else {
      if (scorer.is_regression()) {
        j["value"] = track.value;
      } else {
        j["class"] = answer(track, scorer);
      }
      j["head"] = scorer.head_name();
      j["windows"] = track.n_windows;
      j["seconds"] = track.duration_s;
      for (std::size_t c = 0; c < track.probabilities.size(); ++c) {
        j["probabilities"][scorer.class_names()[c]] = track.probabilities[c];
      }
    }
    lines += j.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
  }
  return lines;
}

}  // namespace

shell::ExitCode run_score(const ScoreRunConfig& config) {
  config.rules.validate();
  models::heads::prepare_runtime(config.n_threads);
  Scorer scorer(config);
  const std::vector<clips::ClipSource> clips = gather(config);
  std::vector<ScoredTrack> tracks;
  {
    shell::Progress progress("score", "files", clips.size());
    for (const clips::ClipSource& clip : clips) {
      if (shell::stop_flag()) break;
      tracks.push_back(scorer.score(clip));
      progress.add(tracks.back().failure.has_value());
    }
  }
  const std::string text = config.format == ScoreFormat::kTable ? as_table(tracks, scorer)
                           : config.format == ScoreFormat::kCsv ? as_csv(tracks, scorer)
                                                                : as_json_lines(tracks, scorer);
  if (config.output.empty()) {
    std::cout << text;
  } else {
    ingest::write_file(config.output, text);
  }
  if (shell::stop_flag()) return shell::ExitCode::kStopped;
  const bool any_failed =
      std::any_of(tracks.begin(), tracks.end(), [](const auto& t) { return t.failure.has_value(); });
  return any_failed ? shell::ExitCode::kSomeFailed : shell::ExitCode::kAllFine;
}

}  // namespace hitscope::apps::score
