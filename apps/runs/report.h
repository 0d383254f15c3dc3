// What a run says of itself: report.html (self-contained, opens offline; its page is apps/report/) and MODEL_CARD.md.
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
  const Cells& splits;                                         ///< the first row a header; empty: not compared
  const Cells& folds;                                          ///< empty: no cross-validation
  const std::vector<std::string>& command;                     ///< the command that reproduces it, as typed
  std::function<models::Head&(const std::string& name)> head;  ///< fitted, of the leaderboard's names
};

std::string report_html(const RunReport& report);
std::string model_card(const RunReport& report);

}  // namespace hitscope::apps::runs
