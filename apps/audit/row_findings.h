// Signs in somebody's predictions that their rows were tampered with before they were predicted.
// Thread safety: a free function without shared state.
#pragma once

#include <vector>

#include "ingest/tables/predictions_table.h"
#include "models/evaluation/audit.h"

namespace hitscope::apps::audit {

/// Adds a finding for ids that repeat, and for classes of equal size, as over-sampling makes them.
void add_row_findings(std::vector<models::evaluation::Finding>& findings, const ingest::tables::Predictions& p);

}  // namespace hitscope::apps::audit
