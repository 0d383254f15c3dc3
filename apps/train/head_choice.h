// Which heads a run fits and how, and what does not go together.
// Thread safety: free functions without shared state.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/examples/train_data.h"
#include "models/data/labels.h"
#include "models/evaluation/calibration.h"
#include "models/head.h"

namespace hitscope::apps::train {

/// How heads are fitted, the same for every split.
struct HeadRequest {
  std::vector<std::string> heads;  ///< empty: all that the data and the labels allow
  models::FitOptions fit;          ///< its callbacks are set here
  std::optional<models::neural::recipes::Precision>
      precision;  ///< of networks on spectrograms; empty: what is usual here, in `fit`
  models::evaluation::Calibration calibration = models::evaluation::Calibration::kNone;
  models::evaluation::ThresholdMetric threshold = models::evaluation::ThresholdMetric::kNone;
  bool tensorboard = false;  ///< write event files of the epochs too
};

/// Heads that `request` names, or all that the data and the labels allow. Throws UsageError for one they do not.
std::vector<std::string> chosen_heads(const HeadRequest& request, const examples::TrainData& data);
/// Throws UsageError for options of `request` that such classes have no use for. What values have none for,
/// chosen_heads refuses.
void check_class_options(const HeadRequest& request, const models::data::LabelScheme& labels);

}  // namespace hitscope::apps::train
