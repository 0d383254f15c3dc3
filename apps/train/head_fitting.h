// Fits one head in a folder, or continues from what an earlier run left there: checkpoint, weights and history.
// Thread safety: one thread per folder.
#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "models/data/split.h"
#include "models/head.h"

namespace hitscope::apps::train {

struct FittedHead {
  std::unique_ptr<models::Head> head;  ///< the fitted head; null if Ctrl-C stopped the fit
  models::FitSummary summary;
  std::vector<std::string> files;  ///< names of its files in the folder
  double fit_s = 0.0;
  double predict_s = -1.0;  ///< seconds to predict the test rows; negative: not measured yet
  std::size_t n_bytes = 0;  ///< total size of its files
  nlohmann::ordered_json limits = nlohmann::ordered_json::object();  ///< limits_of() what it was fitted with
};

/// Fits `head`, showing the epochs on standard error and, if `tensorboard` is set, also in event files in
/// FOLDER/tensorboard/HEAD. What an earlier run fitted there is taken, or continued where the limits are others. With
/// FitOptions::keeps_checkpoint a network's last state stays in HEAD.training.safetensors.
FittedHead fit_in_folder(std::unique_ptr<models::Head> head, const models::data::Examples& examples,
                         const models::data::Targets& targets, const models::data::TrainingFold& fold,
                         models::FitOptions options, const std::filesystem::path& folder, bool tensorboard);

/// Throws UsageError where fit_in_folder() would have to refuse to continue the head that is there with the limits of
/// `options`. Nothing is changed.
void check_continuation(const models::Head& head, models::FitOptions options, const std::filesystem::path& folder);

/// The part of ranks other than 0 while rank 0 fits `heads` in its folder: they train along on the spectrogram networks
/// that rank 0 says are not fitted yet, and write nothing. False if it was stopped.
bool assist(const std::vector<std::string>& heads, const models::data::Examples& examples,
            const models::data::Targets& targets, const models::data::TrainingFold& fold, models::FitOptions options);

/// Stores the prediction time with the history, so that the same command prints the same table again.
void remember_prediction(const FittedHead& fitted, const std::filesystem::path& folder);

}  // namespace hitscope::apps::train
