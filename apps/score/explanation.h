// `hitscope score --explain`: pictures of what spoke for an answer.
// Thread safety: one thread per object.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "apps/score/run_scorer.h"

namespace hitscope::apps::score {

class Explanations {
 public:
  /// Makes the folder. `scorer`, which must keep windows, must outlive it. Throws UsageError where it cannot.
  Explanations(std::filesystem::path folder, RunScorer& scorer);

  /// Draws, for each head that has scored the clip, its spectrogram in the window that speaks clearest for the answer,
  /// and where in it the head found that, as ID.png, or ID.HEAD.png of several heads.
  void draw(const clips::ClipSource& clip, const std::vector<ScoredTrack>& tracks);
  std::size_t n_pictures() const { return taken_.size(); }

 private:
  void draw(const clips::ClipSource& clip, const ScoredTrack& track, std::size_t head);
  std::filesystem::path path_for(const std::string& name);

  std::filesystem::path folder_;
  RunScorer& scorer_;
  std::set<std::string> taken_;  // file names of this run
};

}  // namespace hitscope::apps::score
