// Scores files with the heads of a run: the chosen heads, the run's own front end, and what feeds them.
//
// A file is read and decoded once, whatever the number of heads, and each window's spectrogram is computed once, as
// soon as its samples are decoded: memory does not grow with the file. Thread safety: one thread per RunScorer (which
// may use many itself).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/clips/clip_list.h"
#include "apps/clips/clip_reader.h"
#include "apps/runs/run_folder.h"
#include "apps/score/score_run.h"
#include "ingest/failure.h"
#include "models/heads/scorer.h"

namespace hitscope::apps::score {

/// What a head says of a file, or why it says nothing.
struct ScoredTrack {
  std::string file;
  std::string head;
  double duration_s = 0.0;  ///< of the file: where it was cut at max_duration_s, what its header says, if it does
  double heard_s = 0.0;     ///< in the windows
  std::optional<models::heads::Score> score;
  std::optional<ingest::Failure> failure;
};

class RunScorer {
 public:
  /// Loads the heads that `config` asks for, and no others. Throws UsageError for a run folder that cannot be used or
  /// heads that it does not hold, naming those that can answer.
  explicit RunScorer(const ScoreRunConfig& config);

  /// One track for each head, in the order of heads(). A clip that cannot be used fails for all of them. None where
  /// shell::stop_flag() was set before its end.
  std::vector<ScoredTrack> score(const clips::ClipSource& clip);

  /// What speaks for class `cls` (of values: 0, for a high value) in a window of a clip that has been scored, by the
  /// head with this number; the failure of reading it again.
  tl::expected<models::heads::Evidence, ingest::Failure> evidence(const clips::ClipSource& clip, std::size_t head,
                                                                  const models::heads::WindowScore& window, int cls);

  /// A number of samples in seconds.
  double seconds(std::size_t n_samples) const { return static_cast<double>(n_samples) / sample_rate_; }
  const dsp::FrontEndConfig& front_end_config() const { return bundle_.front_end->front_end; }
  const std::string& front_end() const { return front_end_; }  ///< its hash
  const std::vector<std::string>& class_names() const { return bundle_.labels.class_names(); }
  bool is_regression() const { return bundle_.labels.is_regression(); }
  const std::vector<std::string>& heads() const { return heads_; }  ///< names of the chosen ones, best first

 private:
  runs::Bundle bundle_;
  std::vector<std::string> heads_;
  std::string front_end_;
  int sample_rate_ = 0;  // of the front end, Hz
  std::optional<clips::ClipReader> reader_;
  std::optional<models::heads::Scorer> scorer_;
};

}  // namespace hitscope::apps::score
