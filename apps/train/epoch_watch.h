// Shows the epochs of a fit: a line on a terminal, JSON lines otherwise, and event files for TensorBoard.
// Thread safety: one thread per object.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "apps/train/event_file.h"
#include "models/head.h"

namespace hitscope::apps::train {

/// Estimates the remaining time of a fit from the epochs of this process.
class Pace {
 public:
  /// The remaining seconds if later epochs take as long as those so far; early stopping may end the fit before.
  double seconds_left(int number, int at_most);

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  double first_ = 0.0;
  int n_epochs_ = 0;
};

class EpochWatch {
 public:
  /// Of a head fitted with `options`. Event files go to the folder `tensorboard`, unless that is empty.
  EpochWatch(std::string head, const models::FitOptions& options, bool has_classes, std::filesystem::path tensorboard);

  void operator()(const models::Epoch& epoch);
  /// Says that the fit goes on from a checkpoint, in this epoch.
  void continues(int epoch, int at_most) const;

 private:
  std::string head_;
  std::string metric_;  // name of the score in Epoch::metric
  int max_epochs_;
  std::filesystem::path tensorboard_;
  Pace pace_;
  std::optional<EventFile> events_;  // from the first epoch on
};

}  // namespace hitscope::apps::train
