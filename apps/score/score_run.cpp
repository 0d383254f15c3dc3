#include "apps/score/score_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>
#include <variant>

#include "apps/clips/clip_list.h"
#include "apps/runs/run_folder.h"
#include "apps/shell/command.h"
#include "apps/shell/printable.h"
#include "apps/shell/progress.h"
#include "apps/shell/text_table.h"
#include "ingest/files.h"
#include "ingest/tables/csv.h"
#include "ingest/tables/spreadsheet.h"
#include "models/heads/heads.h"
#include "models/heads/runtime.h"
#include "models/heads/scorer.h"

namespace hitscope::apps::score {
namespace {

using ingest::Failure;
using nlohmann::ordered_json;

/// Failure or prediction of one file.
struct ScoredTrack {
  std::string file;
  double duration_s = 0.0;
  std::optional<models::heads::Score> score;
  std::optional<Failure> failure;
};

bool is_finite(const models::data::Predictions& predictions) {
  return std::visit(
      [](const auto& answer) {
        return std::all_of(answer.values.begin(), answer.values.end(), [](double v) { return std::isfinite(v); });
      },
      predictions);
}

/// What a run folder needs to score files: its first head with spectrogram input alone, and what feeds it.
class RunScorer {
 public:
  explicit RunScorer(const ScoreRunConfig& config) : bundle_(runs::read_bundle(config.run)) {
    const auto first = std::find_if(bundle_.heads.begin(), bundle_.heads.end(), [](const runs::BundleHead& head) {
      return models::heads::head_named(head.name).input == models::HeadInput::kSpectrogram;
    });
    if (first == bundle_.heads.end() || !bundle_.front_end) {
      throw shell::UsageError(
          config.run.string() +
          ": holds no head with spectrogram input alone; score does not read table columns, so train a network "
          "with --spectrograms");
    }
    auto head =
        runs::load_head(config.run, first->name, runs::read_files(config.run, *first), bundle_.labels.n_classes());
    head->predict_in(config.precision);
    const spectrograms::RenderSettings& settings = *bundle_.front_end;
    front_end_ = front_end_hash(settings);
    reader_.emplace(settings.front_end, config.rules);
    scorer_.emplace(std::move(head), settings.front_end, static_cast<std::size_t>(settings.n_samples()));
  }

  ScoredTrack score(const clips::ClipSource& clip) {
    ScoredTrack track{clip.path.empty() ? clip.name : shell::name_text(clip.path.string()), 0.0, std::nullopt,
                      clip.failure};
    if (track.failure) return track;
    const auto loaded = reader_->read(clip.path, track.file);
    if (!loaded) return failed(std::move(track), loaded.error());
    track.duration_s = loaded->duration_s;
    const auto fail = [&](ingest::FailureKind kind, const std::string& why) {
      Failure failure{ingest::Stage::kScore, kind, track.file + ": " + why};
      return failed(std::move(track), std::move(failure));
    };
    try {
      track.score = scorer_->score(loaded->waveform.samples);
    } catch (const models::SpectrogramError&) {
      return fail(ingest::FailureKind::kNotFinite,
                  "its spectrogram is not finite; its samples should lie within [-1, 1]");
    } catch (const std::exception& e) {  // a file that cannot be scored is its row's failure
      return fail(ingest::FailureKind::kUndecodable, e.what());
    }
    if (!is_finite(track.score->prediction)) {
      track.score.reset();
      return fail(ingest::FailureKind::kNotFinite, "the prediction is not finite");
    }
    return track;
  }

  const std::string& front_end() const { return front_end_; }  ///< its hash
  const std::vector<std::string>& class_names() const { return bundle_.labels.class_names(); }
  bool is_regression() const { return bundle_.labels.is_regression(); }
  std::string head_name() const { return std::string(scorer_->head().name()); }

 private:
  static ScoredTrack failed(ScoredTrack track, Failure failure) {
    failure.stage = failure.stage == ingest::Stage::kDecode ? failure.stage : ingest::Stage::kScore;
    track.failure = std::move(failure);
    return track;
  }

  runs::Bundle bundle_;
  std::string front_end_;
  std::optional<clips::ClipReader> reader_;
  std::optional<models::heads::Scorer> scorer_;
};

/// Probability of each class; empty for values.
std::vector<double> probabilities_of(const ScoredTrack& track) {
  const auto* p = std::get_if<models::data::Probabilities>(&track.score->prediction);
  return p == nullptr ? std::vector<double>() : p->values;
}

std::vector<clips::ClipSource> gather(const ScoreRunConfig& config) {
  std::vector<clips::ClipSource> clips;
  for (const std::filesystem::path& input : config.inputs) {
    const auto fail = [&](const std::string& why) {
      const std::string name = shell::name_text(input.string());
      clips.push_back({name, {}, name, Failure{ingest::Stage::kScore, ingest::FailureKind::kUnreadable, why}});
    };
    std::error_code no_entry;
    if (!std::filesystem::exists(clips::path_named({}, input.string()), no_entry)) {
      fail(shell::name_text(input.string()) + ": no such file or folder");
      continue;
    }
    try {
      auto listed = clips::list_clips(input);
      std::move(listed.begin(), listed.end(), std::back_inserter(clips));
    } catch (const std::exception& e) {  // one input must not lose the others
      fail(shell::name_text(e.what()));
    }
  }
  return clips;
}

/// What is predicted for a track: the name of a class, or a value.
std::string answer(const ScoredTrack& track, const RunScorer& scorer) {
  const models::data::Predictions& prediction = track.score->prediction;
  if (const auto* values = std::get_if<models::data::Values>(&prediction)) {
    return fmt::format("{:.6g}", values->values.at(0));
  }
  const int best = std::get<models::data::Probabilities>(prediction).predicted(0);
  return scorer.class_names()[static_cast<std::size_t>(best)];
}

std::string as_table(const std::vector<ScoredTrack>& tracks, const RunScorer& scorer) {
  const auto& names = scorer.class_names();
  std::vector<std::vector<std::string>> cells{
      {"file", "seconds", "windows", scorer.is_regression() ? "value" : "class"}};
  cells[0].insert(cells[0].end(), names.begin(), names.end());
  for (const ScoredTrack& track : tracks) {
    if (track.failure) {
      cells.push_back({track.file, "", "", "FAILED"});
      continue;
    }
    cells.push_back({track.file, fmt::format("{:.1f}", track.duration_s), std::to_string(track.score->n_windows),
                     answer(track, scorer)});
    for (const double p : probabilities_of(track)) cells.back().push_back(fmt::format("{:.3f}", p));
  }
  std::string text = shell::text_table(cells);
  for (const ScoredTrack& track : tracks) {
    if (track.failure) {
      text += fmt::format("failed {}/{}: {}\n", to_string(track.failure->stage), to_string(track.failure->kind),
                          shell::one_line(track.failure->detail));
    }
  }
  return text;
}

std::vector<std::string> csv_header(const RunScorer& scorer) {
  std::vector<std::string> header{"file",           "status",  scorer.is_regression() ? "value" : "class",
                                  "head",           "windows", "seconds",
                                  "front_end_hash", "stage",   "kind",
                                  "detail"};
  for (const std::string& name : scorer.class_names()) header.push_back("p:" + name);
  return header;
}

std::vector<std::string> csv_cells(const ScoredTrack& track, const RunScorer& scorer) {
  std::vector<std::string> cells{
      track.file, track.failure ? "failed" : "ok", "", "", "", "", scorer.front_end(), "", "", ""};
  if (track.failure) {
    cells[7] = to_string(track.failure->stage);
    cells[8] = to_string(track.failure->kind);
    cells[9] = track.failure->detail;
  } else {
    cells[2] = answer(track, scorer);
    cells[3] = scorer.head_name();
    cells[4] = std::to_string(track.score->n_windows);
    cells[5] = fmt::format("{:.3f}", track.duration_s);
    for (const double p : probabilities_of(track)) cells.push_back(fmt::format("{:.6f}", p));
  }
  cells.resize(10 + scorer.class_names().size());
  return cells;
}

std::string json_line(const ScoredTrack& track, const RunScorer& scorer) {
  ordered_json j{
      {"file", track.file}, {"status", track.failure ? "failed" : "ok"}, {"front_end_hash", scorer.front_end()}};
  if (track.failure) {
    j["stage"] = to_string(track.failure->stage);
    j["kind"] = to_string(track.failure->kind);
    j["detail"] = track.failure->detail;
  } else {
    if (const auto* values = std::get_if<models::data::Values>(&track.score->prediction)) {
      j["value"] = values->values.at(0);
    } else {
      j["class"] = answer(track, scorer);
    }
    j["head"] = scorer.head_name();
    j["windows"] = track.score->n_windows;
    j["seconds"] = track.duration_s;
    const std::vector<double> probabilities = probabilities_of(track);
    for (std::size_t c = 0; c < probabilities.size(); ++c) {
      j["probabilities"][scorer.class_names()[c]] = probabilities[c];
    }
  }
  return j.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

/// Takes the results one by one. Lines for programs go to standard output as they come; a table, whose columns are as
/// wide as their cells, and a file, which is written whole, come at the end.
class Output {
 public:
  Output(const ScoreRunConfig& config, const RunScorer& scorer) : config_(config), scorer_(scorer) {
    if (config.format == ScoreFormat::kCsv) take(csv_line(csv_header(scorer)));
  }

  void add(ScoredTrack track) {
    any_failed_ = any_failed_ || track.failure.has_value();
    if (config_.format == ScoreFormat::kTable) {
      tracks_.push_back(std::move(track));
    } else {
      take(config_.format == ScoreFormat::kCsv ? csv_line(csv_cells(track, scorer_)) : json_line(track, scorer_));
    }
  }

  void finish() {
    if (config_.format == ScoreFormat::kTable) kept_ = as_table(tracks_, scorer_);
    if (!config_.output.empty()) {
      ingest::write_file(config_.output, kept_);
    } else {
      std::cout << kept_;
    }
  }
  bool any_failed() const { return any_failed_; }

 private:
  std::string csv_line(std::vector<std::string> cells) const {
    if (config_.for_spreadsheets) {
      for (std::string& cell : cells) cell = ingest::tables::spreadsheet_cell(cell);
    }
    return ingest::tables::csv_line(cells);
  }

  void take(const std::string& line) {
    if (config_.output.empty()) {
      shell::write_result(line);
    } else {
      kept_ += line;
    }
  }

  const ScoreRunConfig& config_;
  const RunScorer& scorer_;
  std::vector<ScoredTrack> tracks_;
  std::string kept_;
  bool any_failed_ = false;
};

}  // namespace

shell::ExitCode run_score(const ScoreRunConfig& config) {
  config.rules.validate();
  models::heads::prepare_runtime(config.n_threads);
  RunScorer scorer(config);
  const std::vector<clips::ClipSource> clips = gather(config);
  shell::narrow_sandbox(clips::places_of(clips));
  Output output(config, scorer);
  {
    shell::Progress progress("score", "files", clips.size());
    for (const clips::ClipSource& clip : clips) {
      if (shell::stop_flag()) break;
      ScoredTrack track = scorer.score(clip);
      progress.add(track.failure.has_value());
      output.add(std::move(track));
    }
  }
  output.finish();
  if (shell::stop_flag()) return shell::ExitCode::kStopped;
  return output.any_failed() ? shell::ExitCode::kSomeFailed : shell::ExitCode::kAllFine;
}

}  // namespace hitscope::apps::score
