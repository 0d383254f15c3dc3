// Fits one head in a folder, or continues from what an earlier run left there: checkpoint, weights and history.
// Thread safety: one thread per folder.
#pragma once

#include <filesystem>
#include <memory>
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
};

/// Fits `head`, showing the epochs on standard error and, if `tensorboard` is set, also in event files in
/// FOLDER/tensorboard/HEAD.
FittedHead fit_in_folder(std::unique_ptr<models::Head> head, const models::data::Examples& examples,
                         const models::data::Targets& targets, const models::data::TrainingFold& fold,
                         models::FitOptions options, const std::filesystem::path& folder, bool tensorboard);

/// The part of ranks other than 0 while rank 0 fits `heads` in its folder: they train along on the spectrogram networks
/// that rank 0 says are not fitted yet, and write nothing. False if it was stopped.
bool assist(const std::vector<std::string>& heads, const models::data::Examples& examples,
            const models::data::Targets& targets, const models::data::TrainingFold& fold, models::FitOptions options);

/// Stores the prediction time with the history, so that the same command prints the same table again.
void remember_prediction(const FittedHead& fitted, const std::filesystem::path& folder);

}  // namespace hitscope::apps::train
