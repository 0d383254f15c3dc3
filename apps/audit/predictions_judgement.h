// What predictions of any kind are worth, in one shape: as sentences for people and as JSON alike.
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

/// A score with its name in JSON (and scikit-learn) and in sentences.
struct Figure {
  std::string key;
  std::string label;
  double value = 0.0;  ///< NaN where it is not defined
  std::optional<models::evaluation::Interval> interval = std::nullopt;
};

struct Judgement {
  std::string table;  ///< classification report or calibration table; empty for values
  std::vector<Figure> figures;
  std::string constant;  ///< "always answering 'no' gets an accuracy of 0.9800"
  std::vector<models::evaluation::Finding> findings;
  bool better = false;             ///< than the constant answer
  std::string verdict;             ///< "NOT better than always answering 'no' (…)"
  std::string beside_accuracy;     ///< a second sentence on what the verdict does not see; may be empty
  nlohmann::ordered_json details;  ///< what only this kind has
};

Judgement judge(const ingest::tables::Predictions& predictions, std::uint64_t seed);

/// Four digits; "-" for NaN.
std::string shown(double value);
/// "accuracy 0.9000 [0.8800, 0.9200]", without an interval that is not defined.
std::string shown(const Figure& figure);

}  // namespace hitscope::apps::audit
