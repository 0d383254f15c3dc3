#include "apps/score/score_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "apps/clips/clip_list.h"
#include "apps/score/explanation.h"
#include "apps/score/run_scorer.h"
#include "apps/score/score_output.h"
#include "apps/shell/command.h"
#include "apps/shell/printable.h"
#include "apps/shell/progress.h"
#include "apps/shell/words.h"
#include "models/heads/runtime.h"

namespace hitscope::apps::score {
namespace {

using ingest::Failure;

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

}  // namespace

shell::ExitCode run_score(const ScoreRunConfig& config) {
  config.rules.validate();
  models::heads::prepare_runtime(config.n_threads);
  RunScorer scorer(config);
  const std::vector<clips::ClipSource> clips = gather(config);
  shell::narrow_sandbox(clips::places_of(clips));
  Output output(config, scorer);
  std::optional<Explanations> explanations;
  if (!config.explain.empty()) explanations.emplace(config.explain, scorer);
  bool any_failed = false;
  {
    shell::Progress progress("score", "files", clips.size());
    for (const clips::ClipSource& clip : clips) {
      if (shell::stop_flag()) break;
      std::vector<ScoredTrack> tracks = scorer.score(clip);
      if (tracks.empty()) break;
      const bool failed =
          std::any_of(tracks.begin(), tracks.end(), [](const ScoredTrack& track) { return track.failure.has_value(); });
      any_failed = any_failed || failed;
      if (explanations) explanations->draw(clip, tracks);
      progress.add(failed);
      for (ScoredTrack& track : tracks) output.add(std::move(track));
    }
  }
  output.finish();
  if (explanations) {
    shell::write_note(fmt::format("explain: {} in {}", shell::count_of(explanations->n_pictures(), "picture"),
                                  config.explain.string()));
  }
  if (shell::stop_flag()) return shell::ExitCode::kStopped;
  return any_failed ? shell::ExitCode::kSomeFailed : shell::ExitCode::kAllFine;
}

}  // namespace hitscope::apps::score
