// `hitscope audit --predictions`: scores the predictions of any program and compares them with a constant prediction.
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

/// Prints the scores; kAllFine if the predictions beat always predicting the most frequent class (or the mean), else
/// kSomeFailed. Throws UsageError for a file that cannot be read.
shell::ExitCode run_predictions_audit(const PredictionsAuditConfig& config);

}  // namespace hitscope::apps::audit
