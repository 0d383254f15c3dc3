// The part of the report that shows one head after another: curves, importances, spectrograms. See apps/report/page.h
// for the JSON.
// Thread safety: a free function without shared state.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "apps/runs/report.h"

namespace hitscope::apps::runs {

nlohmann::ordered_json heads_json(const RunReport& report);

}  // namespace hitscope::apps::runs
