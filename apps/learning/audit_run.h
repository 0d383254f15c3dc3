// `hitscope audit`: what a table, its labels and a split would do to a score, before anything is trained; what a run's
// scalers have seen; and what somebody else's predictions are worth.
// Thread safety: free functions without shared state.
#pragma once

#include <filesystem>

#include "apps/learning/train_data.h"
#include "apps/learning/train_split.h"
#include "apps/pipeline/verb.h"

namespace hitscope::apps {

struct AuditRunConfig {
  TrainDataConfig data;
  SplitRequest split;
  std::filesystem::path run;  ///< its split.csv and the statistics of its heads are looked at too
  bool json = false;          ///< audit.json on standard output instead of sentences
};

/// kAllFine for a clean verdict, kSomeFailed where a leak was found. Throws UsageError for what cannot be audited.
ExitCode run_audit(const AuditRunConfig& config);

struct PredictionsAuditConfig {
  std::filesystem::path file;  ///< a table: id, y_true, y_pred[, group]
  std::string id_column;       ///< these are found by their usual names where empty
  std::string true_column;
  std::string predicted_column;
  std::string group_column;
  std::uint64_t seed = 1;
  bool json = false;
};

/// kAllFine where the predictions beat always answering the most frequent class (or the mean), kSomeFailed where not.
ExitCode run_predictions_audit(const PredictionsAuditConfig& config);

}  // namespace hitscope::apps
