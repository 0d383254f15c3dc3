// `hitscope audit`: finds leaks in a table, its labels and a split before anything is trained, and in the statistics of
// the heads of a run.
// Thread safety: free functions without shared state.
#pragma once

#include <filesystem>

#include "apps/examples/train_data.h"
#include "apps/examples/train_split.h"
#include "apps/shell/verb.h"
#include "dsp/fields.h"

namespace hitscope::apps::audit {

struct AuditRunConfig {
  examples::TrainDataConfig data;
  examples::SplitRequest split;
  std::filesystem::path run;  ///< run whose split.csv and statistics are audited too; may be empty
  bool json = false;          ///< print audit.json instead of sentences

  /// The settings without those of `data` and `split`, which describe themselves.
  template <typename Visit>
  static void describe(Visit&& visit) {
    using C = AuditRunConfig;
    visit(
        &C::run,
        {.name = "run", .help = "audit the split and the scalers of this run, a folder made by train", .value = "RUN"});
    visit(&C::json, {.name = "json", .help = "print the findings as JSON"});
  }
};

/// Prints the findings; kAllFine for a clean verdict, kSomeFailed for a leak. Throws UsageError for input that cannot
/// be audited.
shell::ExitCode run_audit(const AuditRunConfig& config);

}  // namespace hitscope::apps::audit
