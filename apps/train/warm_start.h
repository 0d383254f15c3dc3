// A finished run whose networks another run begins with.
// Thread safety: one thread at a time.
#pragma once

#include <filesystem>
#include <string>

#include "apps/examples/train_data.h"
#include "apps/runs/run_folder.h"
#include "models/data/split.h"
#include "models/head.h"

namespace hitscope::apps::train {

class WarmStart {
 public:
  /// Throws UsageError for a folder that is no run, or whose spectrograms come from another front end than those of
  /// `data`.
  WarmStart(std::filesystem::path run, const examples::TrainData& data);

  /// Identifies the run's heads: the SHA-256 of its bundle.json.
  const std::string& sha256() const { return sha256_; }
  /// Throws UsageError where the run has no such head.
  models::HeadFiles files_of(const std::string& head) const;
  /// Throws UsageError where the run learned from rows that test here, or of their groups or clips, as its split.csv
  /// says, or where that is not known: scores on them would be too good.
  void require_unseen(const examples::TrainData& data, const models::data::Split& split) const;

 private:
  std::filesystem::path run_;
  runs::Bundle bundle_;
  std::string sha256_;
};

}  // namespace hitscope::apps::train
