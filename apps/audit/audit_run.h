// `hitscope audit`: what a table, its labels and a split would do to a score, before anything is trained, and what a
// run's scalers have seen.
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
  std::filesystem::path run;  ///< its split.csv and the statistics of its heads are looked at too
  bool json = false;          ///< audit.json on standard output instead of sentences

  /// Without `data` and `split`, which describe themselves.
  template <typename Visit>
  static void describe(Visit&& visit) {
    using C = AuditRunConfig;
    visit(
        &C::run,
        {.name = "run", .help = "audit the split and the scalers of this run, a folder made by train", .value = "RUN"});
    visit(&C::json, {.name = "json", .help = "print the findings as JSON"});
  }
};

/// kAllFine for a clean verdict, kSomeFailed where a leak was found. Throws UsageError for what cannot be audited.
shell::ExitCode run_audit(const AuditRunConfig& config);

}  // namespace hitscope::apps::audit
