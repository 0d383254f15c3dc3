// `hitscope audit --predictions`: what somebody else's predictions are worth beside always giving the same answer.
// Thread safety: free functions without shared state.
#pragma once

#include <cstdint>

#include "apps/shell/verb.h"
#include "ingest/tables/predictions_table.h"

namespace hitscope::apps::audit {

struct PredictionsAuditConfig {
  ingest::tables::PredictionsRequest table;
  std::uint64_t seed = 1;
  bool json = false;
};

/// kAllFine where the predictions beat always answering the most frequent class (or the mean), kSomeFailed where not.
/// Throws UsageError for what cannot be read.
shell::ExitCode run_predictions_audit(const PredictionsAuditConfig& config);

}  // namespace hitscope::apps::audit
