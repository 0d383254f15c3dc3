// Short ways to a fitted LabelScheme.
#pragma once

#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "models/data/labels.h"
#include "tests/support/message_of.h"

namespace hitscope::tests {

using models::data::LabelConfig;
using models::data::LabelScheme;
using models::data::parse_label_spec;
using models::data::RawTargets;
using models::data::Split;
using models::data::TrainingFold;
using Names = std::vector<std::string>;
using Numbers = std::vector<double>;
inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

inline RawTargets numbers(Numbers values) {
  return {.numbers = std::move(values), .texts = {}, .groups = {}};
}
inline RawTargets texts(Names values) {
  return {.numbers = {}, .texts = std::move(values), .groups = {}};
}

/// A fold in which all rows train but the last two, one of which validates.
inline TrainingFold all_but_two(std::size_t n_rows) {
  Names parts(n_rows, "train");
  parts.at(n_rows - 2) = "validation";
  parts.at(n_rows - 1) = "test";
  return Split::by_column(parts, "", {}, {}).training_fold();
}

/// Fitted on these values alone: two rows of NaN follow them, to validate and to test.
inline LabelScheme fit(const LabelConfig& config, Numbers values) {
  values.insert(values.end(), 2, kNan);
  return LabelScheme::fit(config, numbers(values), all_but_two(values.size()));
}

inline LabelScheme fit(const std::string& spec, const Numbers& values) {
  return fit(models::data::parse_label_spec(spec), values);
}

inline LabelScheme fit_texts(const LabelConfig& config, Names values) {
  values.insert(values.end(), 2, "");
  return LabelScheme::fit(config, texts(values), all_but_two(values.size()));
}

inline std::optional<int> label(const LabelScheme& scheme, double value) {
  return scheme.label(numbers({value}), 0);
}
inline std::optional<int> label(const LabelScheme& scheme, const char* text) {
  return scheme.label(texts({text}), 0);
}

inline Numbers edges_of(const LabelScheme& scheme) {
  return nlohmann::json::parse(scheme.to_json())["edges"];
}

inline Numbers one_to(int n) {
  Numbers values;
  for (int i = 1; i <= n; ++i) values.push_back(i);
  return values;
}

inline Names many_texts(int n) {
  Names values;
  for (int i = 0; i < n; ++i) values.push_back("v" + std::to_string(i));
  return values;
}

/// Years of 100 songs each with values from 100 * (year - 2000), but 1950 with only 19, from 5000.
inline RawTargets songs_by_year() {
  RawTargets targets;
  for (int year = 2000; year < 2003; ++year) {
    for (int i = 0; i <= 100; ++i) {
      targets.numbers.push_back(100.0 * (year - 2000) + i);
      targets.groups.push_back(std::to_string(year));
    }
  }
  for (int i = 0; i < 19; ++i) {
    targets.numbers.push_back(5000.0 + i);
    targets.groups.push_back("1950");
  }
  targets.numbers.insert(targets.numbers.end(), 2, kNan);
  targets.groups.insert(targets.groups.end(), 2, "2000");
  return targets;
}

}  // namespace hitscope::tests
