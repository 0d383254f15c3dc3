// Which heads a run fits and how, and what does not go together.
// Thread safety: free functions without shared state.
#pragma once

#include <string>
#include <vector>

#include "apps/examples/train_data.h"
#include "dsp/fields.h"
#include "models/data/labels.h"
#include "models/evaluation/calibration.h"
#include "models/head.h"

namespace hitscope::apps::train {

/// How heads are fitted, the same for every split.
struct HeadRequest {
  std::vector<std::string> heads;  ///< empty: the usual ones that the data and the labels allow
  models::FitOptions fit;          ///< its callbacks are set here
  models::evaluation::CalibrationOptions calibration;
  bool tensorboard = false;  ///< write event files of the epochs too

  template <typename Visit>
  static void describe(Visit&& visit) {
    using C = HeadRequest;
    visit(&C::heads, {.name = "heads",
                      .help = "heads to train, several with commas (default: all that the data and the labels allow, "
                              "except those marked *)",
                      .value = "NAME,...",
                      .flag = "--heads"});
    visit(&C::tensorboard,
          {.name = "tensorboard",
           .help = "also write losses and scores of every epoch for TensorBoard, to RUN/tensorboard/HEAD",
           .is_identity = false});
  }
};

/// Heads that `request` names, or the usual ones that the data and the labels allow. Throws UsageError for a head that
/// they do not allow, and for an option that none of the heads, or not such labels, can use.
std::vector<std::string> chosen_heads(const HeadRequest& request, const examples::TrainData& data);
/// Throws UsageError for options of `request` that such classes have no use for. What values have none for,
/// chosen_heads refuses.
void check_class_options(const HeadRequest& request, const models::data::LabelScheme& labels);

}  // namespace hitscope::apps::train
