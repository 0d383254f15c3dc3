// Numbers as JSON has them: what is not finite is null.
// Thread safety: free functions without shared state.
#pragma once

#include <cmath>
#include <nlohmann/json.hpp>

#include "models/evaluation/comparison.h"

namespace hitscope::apps::runs {

inline nlohmann::ordered_json json_number(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}

inline nlohmann::ordered_json json_interval(const models::evaluation::Interval& interval) {
  return {json_number(interval.low), json_number(interval.high)};
}

}  // namespace hitscope::apps::runs
