// Head: what learns a target from examples. One interface for networks and classical models.
//
// fit() sees nothing but a TrainingFold. Heads hold no files: weights and checkpoints go in and out as bytes.
// Same seed, same data, same thread count: same bytes.
// Thread safety: one thread per Head (which may use many itself).
#pragma once

#include <array>
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

#include "dsp/fields.h"
#include "models/data/examples.h"
#include "models/data/needs.h"
#include "models/data/predictions.h"
#include "models/data/split.h"
#include "models/data/targets.h"
#include "models/options.h"

namespace hitscope::models::neural::ranks {
class Ranks;
}

namespace hitscope::models {

using dsp::to_string;

enum class HeadInput { kSpectrogram, kTable, kBoth };

/// A stored spectrogram that no network can take: it has values that are not finite.
struct SpectrogramError : std::runtime_error {
  explicit SpectrogramError(std::size_t example);
  std::size_t row;  ///< number of the example
};

/// A checkpoint that cannot be continued: damaged, or of another network or other settings.
struct CheckpointError : std::runtime_error {
  using std::runtime_error::runtime_error;
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
  int at_most = 0;             ///< epochs (rounds) of this fit at most
};

/// Numbers that networks multiply in. kBfloat16: convolutions and dense layers; sums, losses and weights stay float32.
enum class Precision { kFloat32, kBfloat16 };
constexpr auto names_of(Precision) {
  return std::to_array<dsp::Name<Precision>>({{Precision::kFloat32, "float32"}, {Precision::kBfloat16, "bfloat16"}});
}

/// Of heads that stop when validation rows say so.
struct EarlyStopping {
  int patience = 10;  ///< epochs (of boosted trees rounds) without a better score before stopping

  template <typename Visit>
  static void describe(Visit&& visit) {
    visit(&EarlyStopping::patience, {.name = "patience",
                                     .help = "stop after this many epochs (boosted_trees: rounds) without a better "
                                             "score on the validation rows",
                                     .rule = dsp::between(1, 100000),
                                     .needs = data::needs::kEarlyStopping,
                                     .is_limit = true});
  }
};

/// A head's files: name -> bytes.
using HeadFiles = std::map<std::string, std::string>;

/// What every fit needs; what only a family of heads needs is in `families`.
struct FitOptions {
  std::uint64_t seed = 1;
  FamilyOptions families;
  std::string checkpoint;     ///< bytes of the last checkpoint to go on from, or empty
  std::string settings_hash;  ///< identifies the settings of the run but for limits; a checkpoint of others is refused
  HeadFiles warm_start;       ///< of a fitted head of this name, whose weights a network begins with; may be empty
  neural::ranks::Ranks* ranks = nullptr;  ///< processes that train networks together; nullptr: this one alone
  std::function<void(const std::string&)> save_checkpoint;  ///< given the bytes; may be empty
  bool keeps_checkpoint = false;  ///< also save one at the end, from which other limits can go on
  /// Given a batch whose loss is not finite, as safetensors; says where it is, for the error. May be empty.
  std::function<std::string(const std::string&)> save_batch;
  std::function<void(const Epoch&)> on_epoch;  ///< may be empty
  /// Called where a fit goes on from its checkpoint: the epoch in which it begins, and the most it may have. May be
  /// empty.
  std::function<void(int epoch, int at_most)> on_continue;
  const std::atomic<bool>* stop = nullptr;  ///< once set, fit checkpoints and returns early

  /// The options of a family, e.g. of<data::Preprocessing>().
  template <typename T>
  const T& of() const {
    return families.get<T>();
  }
  template <typename T>
  T& of() {
    return families.get<T>();
  }
};

/// A step of a learning-rate range test.
struct LearningRateTrial {
  double learning_rate = 0.0;
  double loss = 0.0;  ///< training loss, a moving average over the steps so far (bias-corrected, 0.9)
};

struct FitSummary {
  bool stopped = false;  ///< by FitOptions::stop: the head is not fitted
  std::vector<Epoch> history;
  std::size_t n_parameters = 0;
  double learning_rate = 0.0;                             ///< of networks: the highest of the schedule
  std::vector<LearningRateTrial> learning_rate_trials{};  ///< of a search in this process; else empty
  std::string note{};  ///< what a reader of its scores must know, such as an approximation; empty: nothing
};

class Head;

/// What a head is, known without making one: the list of heads, --help and refusals of options read this alone.
struct HeadInfo {
  std::string_view name;     ///< on the command line, in files and tables
  std::string_view summary;  ///< a phrase for --help
  HeadInput input = HeadInput::kTable;
  unsigned meets = 0;          ///< bits of data::needs: targets that it learns (kClasses, kValues) and kinds of options
                               ///< that it has a use for
  bool is_usual = true;        ///< whether a comparison has it unless heads are named
  bool is_exportable = false;  ///< whether `export` can write it as a graph
  std::unique_ptr<Head> (*make)() = nullptr;
  /// Its settings in `options`, by heading; nullptr: none of its own.
  std::vector<OptionGroup> (*options)(FamilyOptions& options) = nullptr;

  bool learns_classes() const { return (meets & data::needs::kClasses) != 0; }
  bool learns_values() const { return (meets & data::needs::kValues) != 0; }
};

class Head {
 public:
  Head() = default;
  virtual ~Head() = default;
  Head(const Head&) = delete;
  Head& operator=(const Head&) = delete;

  virtual const HeadInfo& info() const = 0;
  /// What leaderboards and files call it: the name of info(), followed by its parameters that are not the usual ones,
  /// "knn(n_neighbors=15)". Heads in one run differ in it.
  virtual std::string name() const;
  /// Its own parameters, by scikit-learn's names; they refer to the head and are set before fit() and load().
  virtual std::vector<dsp::Setting> parameters() { return {}; }
  /// Sets the parameters in name(), "n_neighbors=15,weights=distance"; models/head_name.h does.
  void set_given(std::string given) { given_ = std::move(given); }
  HeadInput input() const { return info().input; }
  /// Learns `targets` (one per example) from the rows of `fold`. Throws std::invalid_argument for examples, targets or
  /// options it cannot use, naming them.
  virtual FitSummary fit(const data::Examples& examples, const data::Targets& targets, const data::TrainingFold& fold,
                         const FitOptions& options) = 0;
  /// Throws CheckpointError where fit() with these options could not go on from options.checkpoint, as with limits that
  /// make another training of it. Heads that write no checkpoints take no notice.
  virtual void check_checkpoint(const FitOptions&) const {}
  /// Probabilities of `rows` of `examples`, in their order. Throws std::logic_error before fit or load.
  virtual data::Probabilities predict(const data::Examples& examples, std::span<const std::size_t> rows) = 0;
  /// Values of `rows`, for a head that was fitted on values. Throws std::logic_error for any other.
  virtual std::vector<double> predict_values(const data::Examples& examples, std::span<const std::size_t> rows);
  /// From now on networks on spectrograms multiply in this precision when they predict (float32 unless said); others
  /// take no notice.
  virtual void predict_in(Precision) {}
  /// Whether class_activation has an answer.
  virtual bool has_class_activation() const { return false; }
  /// Where in the spectrogram of `row` it found what speaks for class `cls` (of a regression, where 0 is the only one:
  /// for a high value): [n_bins, n_frames] in 0..1, 1 the most that is there; all 0 where nothing does. Grad-CAM, as
  /// coarse as the network's last maps. Throws std::logic_error for a head that does not hear, or before fit or load.
  virtual std::vector<float> class_activation(const data::Examples& examples, std::size_t row, int cls);
  /// Classes it tells apart; 0 before fit or load, and for values.
  virtual int n_classes() const = 0;
  /// Throws std::logic_error before fit or load.
  virtual HeadFiles save() const = 0;
  /// Throws std::runtime_error naming the file where one is missing or not what save() wrote.
  virtual void load(const HeadFiles& files) = 0;

 private:
  std::string given_;
};

/// predict() of a head for classes, predict_values() of one for values.
data::Predictions predictions_of(Head& head, const data::Examples& examples, std::span<const std::size_t> rows);

}  // namespace hitscope::models
