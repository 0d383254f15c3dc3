// Which heads a run fits and how; refuses heads and options that do not fit the data.
// Thread safety: free functions without shared state.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "apps/examples/train_data.h"
#include "dsp/fields.h"
#include "models/data/labels.h"
#include "models/evaluation/calibration.h"
#include "models/head.h"

namespace hitscope::apps::train {

/// How heads are fitted, which is the same for every split.
struct HeadRequest {
  std::vector<std::string> heads;  ///< names of heads, or "all"; neither these nor `named`: the default ones
  std::vector<std::string> named;  ///< heads with parameters, as "knn:n_neighbors=15"
  models::FitOptions fit;          ///< options of the fit, without callbacks
  models::evaluation::CalibrationOptions calibration;
  bool tensorboard = false;          ///< also write TensorBoard event files
  std::filesystem::path warm_start;  ///< run with whose weights networks with spectrogram input begin; may be empty

  template <typename Visit>
  static void describe(Visit&& visit) {
    using C = HeadRequest;
    visit(&C::heads, {.name = "heads",
                      .help = "heads to train, several with commas, or all that the data and the labels allow "
                              "(default: those of them that are not marked *)",
                      .value = "NAME,...",
                      .flag = "--heads"});
    visit(&C::named, {.name = "head",
                      .help = "a head with parameters of its own, as knn:n_neighbors=15,weights=distance; several of "
                              "one name are several rows of the leaderboard (hitscope heads NAME explains them)",
                      .value = "NAME:PARAMETER=VALUE,...",
                      .is_identity = false,  // run.json has the names of all heads
                      .flag = "--head",
                      .is_repeated = true});
    visit(
        &C::warm_start,
        {.name = "warm_start",
         .help = "begin networks with spectrogram input with their weights in this finished run, not with random ones; "
                 "its training rows must not be test rows here",
         .value = "RUN",
         .is_identity = false});  // run.json has its hash
    visit(&C::tensorboard,
          {.name = "tensorboard",
           .help = "also write losses and scores of every epoch for TensorBoard, to RUN/tensorboard/HEAD",
           .is_identity = false});
  }
};

/// The heads that `request` names, or the default ones that data and labels allow. Throws UsageError for a head that
/// they do not allow, and for an option that neither any of the heads nor the labels can use.
std::vector<std::string> chosen_heads(const HeadRequest& request, const examples::TrainData& data);
/// Throws UsageError for options of `request` that these classes cannot use. (chosen_heads refuses those that a
/// regression cannot use.)
void check_class_options(const HeadRequest& request, const models::data::LabelScheme& labels);

}  // namespace hitscope::apps::train
