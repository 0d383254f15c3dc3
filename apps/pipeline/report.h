// What a run says of itself: report.html (self-contained, opens offline) and MODEL_CARD.md.
// Thread safety: free functions without shared state.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "apps/pipeline/leaderboard.h"
#include "models/head.h"

namespace hitscope::apps {

struct RunReport {
  std::string title;
  std::vector<std::string> facts;  ///< data, features, split and leaks, one sentence each
  std::string settings_json;       ///< run.json
  std::vector<std::string> class_names;
  std::vector<LeaderboardRow> rows;
  std::map<std::string, models::FitSummary> histories;  ///< by head
};

std::string report_html(const RunReport& report);
std::string model_card(const RunReport& report);

}  // namespace hitscope::apps
