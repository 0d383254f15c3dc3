// `hitscope audit --predictions`: what somebody else's predictions are worth beside always giving the same answer.
// Thread safety: free functions without shared state.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "apps/shell/verb.h"

namespace hitscope::apps::audit {

enum class PredictionKind {
  kByContent,      ///< one of the others, as read_predictions() says
  kClasses,        ///< texts, or whole numbers, that are right or wrong
  kValues,         ///< numbers that are near or far
  kProbabilities,  ///< of 1, where the truth is 0 or 1
};

struct PredictionsAuditConfig {
  std::filesystem::path file;  ///< a table: id, y_true, y_pred[, group]
  std::string id_column;       ///< these are found by their usual names where empty
  std::string true_column;
  std::string predicted_column;
  std::string group_column;
  PredictionKind kind = PredictionKind::kByContent;
  std::uint64_t seed = 1;
  bool json = false;
};

/// kAllFine where the predictions beat always answering the most frequent class (or the mean), kSomeFailed where not.
/// Throws UsageError for what cannot be read.
shell::ExitCode run_predictions_audit(const PredictionsAuditConfig& config);

}  // namespace hitscope::apps::audit
