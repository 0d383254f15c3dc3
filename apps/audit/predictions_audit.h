// `hitscope audit --predictions`: scores the predictions of any program and compares them with a constant prediction.
// Thread safety: free functions without shared state.
#pragma once

#include <cstdint>

#include "apps/shell/verb.h"
#include "ingest/tables/predictions_table.h"

namespace hitscope::apps::audit {

struct PredictionsAuditConfig {
  ingest::tables::PredictionsRequest table;
  std::filesystem::path against;  ///< other predictions of the same rows; empty: a constant is what they are held to
  std::string against_head;       ///< head, where `against` is a run's predictions.csv
  std::uint64_t seed = 1;
  bool json = false;

  /// The settings of the comparison; `table` describes itself.
  template <typename Visit>
  static void describe(Visit&& visit) {
    using C = PredictionsAuditConfig;
    visit(&C::against,
          {.name = "against",
           .help = "compare --predictions, row by row, with the predictions of the same rows in this table",
           .value = "FILE"});
    visit(&C::against_head,
          {.name = "against_head", .help = "head, where that is a run's predictions.csv", .value = "NAME"});
  }
};

/// Prints the scores; kAllFine if the predictions beat always predicting the most frequent class (or the mean), else
/// kSomeFailed. Throws UsageError for a file that cannot be read.
shell::ExitCode run_predictions_audit(const PredictionsAuditConfig& config);

}  // namespace hitscope::apps::audit
