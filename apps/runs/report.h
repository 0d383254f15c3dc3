// Writes the report of a run: report.html (self-contained, opens offline; see apps/report/page.h) and MODEL_CARD.md.
// Thread safety: free functions without shared state.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "apps/examples/train_data.h"
#include "apps/runs/fitted_cells.h"
#include "apps/runs/split_result.h"

namespace hitscope::apps::runs {

struct RunReport {
  const examples::TrainData& data;
  const SplitResult& result;
  const Cells& splits;                                         ///< comparison of splits; empty: not compared
  const Cells& folds;                                          ///< table of folds; empty: no cross-validation
  const std::vector<std::string>& command;                     ///< command that reproduces the run, as typed
  std::function<models::Head&(const std::string& name)> head;  ///< the fitted head of a name in the leaderboard
};

/// The texts of report.html and MODEL_CARD.md.
std::string report_html(const RunReport& report);
std::string model_card(const RunReport& report);

}  // namespace hitscope::apps::runs
