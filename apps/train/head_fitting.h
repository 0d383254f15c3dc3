// One head fitted in a folder, or taken up from what a former run left there: checkpoint, weights, history.
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
  std::unique_ptr<models::Head> head;  ///< null where Ctrl-C stopped the fit
  models::FitSummary summary;
  std::vector<std::string> files;  ///< in the folder
  double fit_s = 0.0;
  double predict_s = -1.0;  ///< of the test rows; negative: not measured yet
  std::size_t n_bytes = 0;  ///< of its files
};

/// Fits `head` (a name of models::make_head, calibrated where asked) with epochs shown on standard error, and where
/// `tensorboard` is set also in event files in FOLDER/tensorboard/HEAD.
FittedHead fit_in_folder(std::unique_ptr<models::Head> head, const models::data::Examples& examples,
                         const models::data::Targets& targets, const models::data::TrainingFold& fold,
                         models::FitOptions options, const std::filesystem::path& folder, bool tensorboard);

/// What the other processes of a training do while the first fits `heads` in its folder: learn their part of the
/// networks on spectrograms, those that the first says are not fitted yet, and keep nothing. False where it was
/// stopped.
bool assist(const std::vector<std::string>& heads, const models::data::Examples& examples,
            const models::data::Targets& targets, const models::data::TrainingFold& fold, models::FitOptions options);

/// Keeps the time that predicting took beside the rest: the same command again prints the same table.
void remember_prediction(const FittedHead& fitted, const std::filesystem::path& folder);

}  // namespace hitscope::apps::train
