// The scores and the verdict on predictions of any kind in one form, from which both text and JSON are made.
// Thread safety: plain values and free functions without shared state.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "ingest/tables/predictions_table.h"
#include "models/evaluation/audit.h"
#include "models/evaluation/comparison.h"

namespace hitscope::apps::audit {

/// A score with its `key` in JSON (scikit-learn's name) and its `label` in text.
struct Figure {
  std::string key;
  std::string label;
  double value = 0.0;  ///< NaN if it is not defined
  std::optional<models::evaluation::Interval> interval = std::nullopt;
};

struct Judgement {
  std::string table;  ///< classification report or calibration table as text; empty for values
  std::vector<Figure> figures;
  std::string constant;  ///< score of the constant prediction: "always answering 'no' gets an accuracy of 0.9800"
  std::vector<models::evaluation::Finding> findings;
  bool better = false;             ///< better than the constant prediction
  std::string verdict;             ///< the verdict as text: "NOT better than always answering 'no' (…)"
  std::string beside_accuracy;     ///< a sentence about what accuracy does not show; may be empty
  nlohmann::ordered_json details;  ///< further JSON members of this kind of predictions
};

/// Scores the predictions and compares them with a constant prediction; `seed` is that of the bootstrap.
Judgement judge(const ingest::tables::Predictions& predictions, std::uint64_t seed);

/// `value` with four decimals; "-" for NaN.
std::string shown(double value);
/// A figure as text, "accuracy 0.9000 [0.8800, 0.9200]"; without the interval if it is not defined.
std::string shown(const Figure& figure);

}  // namespace hitscope::apps::audit
