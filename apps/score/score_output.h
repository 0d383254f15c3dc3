// Writes scored tracks: a table, CSV or JSON Lines, to standard output or a file.
// Thread safety: one thread at a time.
#pragma once

#include <string>
#include <vector>

#include "apps/score/run_scorer.h"
#include "apps/score/score_run.h"

namespace hitscope::apps::score {

/// Takes the results one by one. Lines for programs go to standard output as they come; a table, whose columns are as
/// wide as their cells, and a file, which is written whole, come at the end.
class Output {
 public:
  /// Both must outlive the output.
  Output(const ScoreRunConfig& config, const RunScorer& scorer);

  void add(ScoredTrack track);
  void finish();

 private:
  std::string csv_line(std::vector<std::string> cells) const;
  void take(const std::string& line);

  const ScoreRunConfig& config_;
  const RunScorer& scorer_;
  std::vector<ScoredTrack> tracks_;
  std::string kept_;
};

}  // namespace hitscope::apps::score
