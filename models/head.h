// Head: what learns a target from examples. One interface for networks and classical models.
//
// fit() sees nothing but a TrainingFold. Heads hold no files: weights and checkpoints go in and out as bytes.
// Same seed, same data, same thread count: same bytes.
// Thread safety: one thread per Head (which may use many itself).
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "models/data/dataset.h"
#include "models/data/resampling.h"
#include "models/data/split.h"
#include "models/data/table_encoder.h"
#include "models/neural/recipes/augmentation.h"
#include "models/neural/recipes/learning_rate_search.h"
#include "models/neural/recipes/recipe.h"

namespace hitscope::models::neural::ranks {
class Ranks;
}

namespace hitscope::models {

enum class HeadInput { kSpectrogram, kTable, kBoth };

/// A stored spectrogram that no network can take: it has values that are not finite.
struct SpectrogramError : std::runtime_error {
  explicit SpectrogramError(std::size_t dataset_row);
  std::size_t row;
};

/// One line of training history.
struct Epoch {
  int number = 0;  ///< from 1
  double train_loss = 0.0;
  double validation_loss = 0.0;
  double metric = std::numeric_limits<double>::quiet_NaN();  ///< of the validation rows, of networks: the one that
                                                             ///< training stops by; for the loss macro-F1 or R2
  bool is_best = false;
  double samples_per_s = 0.0;  ///< in training; 0 in a history
  double waited_share = 0.0;   ///< of that time, for data
  int at_most = 0;             ///< epochs of this fit, where it is not FitOptions::max_epochs that says so
};

struct FitOptions {
  std::uint64_t seed = 1;
  data::EncoderConfig encoder;                            ///< of table heads
  data::Resampling resampling = data::Resampling::kNone;  ///< of training rows of classes; SMOTE for table heads only
  bool balanced_class_weight = false;  ///< rare classes weigh more, as class_weight="balanced"; not for values
  neural::recipes::Augmentation
      augmentation;  ///< of training clips; not of the baseline cnn, which takes them as they are
  neural::recipes::ClipNormalisation clip_normalisation = neural::recipes::ClipNormalisation::kNone;
  neural::recipes::Precision precision =
      neural::recipes::Precision::kFloat32;  ///< of training networks on spectrograms; what judges them is float32
  neural::recipes::ObjectiveKind objective = neural::recipes::ObjectiveKind::kPlain;  ///< of networks on spectrograms
  neural::recipes::RecipeChoice recipe;                                               ///< of networks
  std::string device = "cpu";         ///< of networks: "cpu", "cuda", "cuda:N"
  int max_epochs = 60;                ///< >= 1
  int patience = 10;                  ///< epochs without a better validation loss before stopping, >= 1
  int batch_size = 32;                ///< rows per step, >= 2
  double learning_rate = 0.0;         ///< of AdamW; 0: the head's own (cnn 1e-4, mlp 1e-3, others 2e-3)
  bool search_learning_rate = false;  ///< of networks: the steepest of a range test, in place of it
  double checkpoint_every_s = 5;      ///< seconds between checkpoints, in mid-epoch too; 0: after every epoch
  std::string checkpoint;             ///< bytes of the last checkpoint to go on from, or empty
  neural::ranks::Ranks* ranks =
      nullptr;  ///< processes that train networks on spectrograms together; nullptr: this one alone
  std::function<void(const std::string&)> save_checkpoint;  ///< given the bytes; may be empty
  /// Given a batch whose loss is not finite, as safetensors; says where it is, for the error. May be empty.
  std::function<std::string(const std::string&)> save_batch;
  std::function<void(const Epoch&)> on_epoch;  ///< may be empty
  const std::atomic<bool>* stop = nullptr;     ///< once set, fit checkpoints and returns early
};

struct FitSummary {
  bool stopped = false;  ///< by FitOptions::stop: the head is not fitted
  std::vector<Epoch> history;
  std::size_t n_parameters = 0;
  double learning_rate = 0.0;                                              ///< of networks: the highest of the schedule
  std::vector<neural::recipes::LearningRateTrial> learning_rate_trials{};  ///< of a search in this process; else empty
};

/// A head's files: name -> bytes.
using HeadFiles = std::map<std::string, std::string>;

class Head {
 public:
  Head() = default;
  virtual ~Head() = default;
  Head(const Head&) = delete;
  Head& operator=(const Head&) = delete;

  virtual std::string_view name() const = 0;
  virtual HeadInput input() const = 0;
  /// Which targets it can learn: classes (Dataset::targets), values (a regression's Dataset::values), or both.
  virtual bool learns_classes() const { return true; }
  virtual bool learns_values() const { return false; }
  /// Throws std::invalid_argument for a dataset or options it cannot use, naming them.
  virtual FitSummary fit(const data::Dataset& data, const data::TrainingFold& fold, const FitOptions& options) = 0;
  /// Probabilities of `rows` of `data`, in their order. Throws std::logic_error before fit or load.
  virtual data::Probabilities predict(const data::Dataset& data, std::span<const std::size_t> rows) = 0;
  /// Values of `rows`, for a head that was fitted on values. Throws std::logic_error for any other.
  virtual std::vector<double> predict_values(const data::Dataset& data, std::span<const std::size_t> rows);
  /// From now on networks on spectrograms multiply in this precision when they predict (float32 unless said); others
  /// take no notice.
  virtual void predict_in(neural::recipes::Precision) {}
  /// Whether class_activation has an answer.
  virtual bool has_class_activation() const { return false; }
  /// Where in the spectrogram of `row` it found what speaks for class `cls` (of a regression, where 0 is the only one:
  /// for a high value): [n_bins, n_frames] in 0..1, 1 the most that is there; all 0 where nothing does. Grad-CAM, as
  /// coarse as the network's last maps. Throws std::logic_error for a head that does not hear, or before fit or load.
  virtual std::vector<float> class_activation(const data::Dataset& data, std::size_t row, int cls);
  /// Classes it tells apart; 0 before fit or load, and for values.
  virtual int n_classes() const = 0;
  /// Throws std::logic_error before fit or load.
  virtual HeadFiles save() const = 0;
  /// Throws std::runtime_error naming the file where one is missing or not what save() wrote.
  virtual void load(const HeadFiles& files) = 0;
};

}  // namespace hitscope::models
