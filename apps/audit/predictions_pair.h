// `hitscope audit --predictions FILE --against OTHER`: two predictions of the same rows, compared row by row.
// Thread safety: free functions without shared state.
#pragma once

#include "apps/audit/predictions_audit.h"

namespace hitscope::apps::audit {

/// Prints the differences with their paired intervals; kAllFine where the first is shown to be better, else
/// kSomeFailed. Throws UsageError or InputError for files that cannot be read, have no row in common, or differ in a
/// true value.
shell::ExitCode run_predictions_pair(const PredictionsAuditConfig& config);

}  // namespace hitscope::apps::audit
