// Makes the report's sections on single heads: curves, importances and spectrograms. apps/report/page.h describes the
// JSON.
// Thread safety: a free function without shared state.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "apps/runs/report.h"

namespace hitscope::apps::runs {

/// The value of the key "heads".
nlohmann::ordered_json heads_json(const RunReport& report);

}  // namespace hitscope::apps::runs
