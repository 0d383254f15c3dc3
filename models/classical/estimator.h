// Estimator: what learns classes or values from a matrix. A head on table columns is a TableHead around one.
//
// An estimator sees encoded rows only: the encoder, resampling and class weights are TableHead's. Parameters have
// scikit-learn 1.2's names, defaults and meanings. Same seed and rows, same bytes, whatever the number of threads.
// Thread safety: fit() and load() by one thread; const functions by any number, each of which may use many itself.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "dsp/settings.h"
#include "models/data/table_encoder.h"
#include "models/head.h"

namespace hitscope::models::classical {

/// Borrowed rows to learn from or to judge by; they must outlive the call.
struct LearningRows {
  const data::Matrix& features;     ///< [n_rows, n_columns], finite
  std::span<const int> targets;     ///< [n_rows], 0..n_classes-1; unused for values
  std::span<const double> values;   ///< [n_rows]; unused for classes
  std::span<const double> weights;  ///< [n_rows], >= 0, not all 0; empty: all 1
  int n_classes = 0;                ///< 0: values

  std::size_t n_rows() const { return features.n_rows; }
  std::size_t n_columns() const { return features.n_columns; }
  double weight(std::size_t row) const { return weights.empty() ? 1.0 : weights[row]; }
};

/// What a fit is told beside the rows.
struct FitContext {
  std::uint64_t seed = 1;
  int n_threads = 1;
  const std::atomic<bool>* stop = nullptr;     ///< once it is set, fit() returns early, not fitted; may be null
  std::function<void(const Epoch&)> on_epoch;  ///< of heads that have rounds; may be empty
  const LearningRows* validation = nullptr;    ///< for early stopping, where the estimator uses them; may be null
  int patience = 10;                           ///< rounds without a better score before stopping, with validation
  std::span<const std::string> columns{};      ///< their names, for errors; may be empty

  bool is_stopped() const { return stop != nullptr && *stop; }
};

/// An array of a fitted estimator, row-major.
struct Array {
  std::vector<std::int64_t> shape;
  std::variant<std::vector<double>, std::vector<float>, std::vector<std::int64_t>> values;
};
using Arrays = std::map<std::string, Array, std::less<>>;

/// What was learned: arrays, which are written as safetensors, the bytes of trees, or what several estimators learned.
struct Learned {
  Arrays arrays;
  std::string trees;
  std::vector<Learned> parts;
};

/// What each column adds to a prediction: the base and the contributions of a row sum to its output.
struct Contributions {
  std::string unit;            ///< what they are in: "log-odds", "probability", the values' own: ""
  std::size_t n_outputs = 0;   ///< classes, or 1
  std::vector<double> base;    ///< [n_outputs]
  std::vector<double> values;  ///< [n_rows, n_outputs, n_columns]
};

class Estimator {
 public:
  Estimator() = default;
  virtual ~Estimator() = default;
  Estimator(const Estimator&) = delete;
  Estimator& operator=(const Estimator&) = delete;

  virtual std::vector<dsp::Setting> parameters() { return {}; }
  /// Learns `rows`. False where it was stopped. Throws std::invalid_argument naming what it cannot use.
  virtual bool fit(const LearningRows& rows, const FitContext& context) = 0;
  /// Rounds of the last fit(), of estimators that have some.
  virtual std::vector<Epoch> history() const { return {}; }
  /// What a reader of its scores must know of the last fit(), such as an approximation; empty: nothing.
  virtual std::string note() const { return {}; }
  /// Probabilities [n_rows, n_classes], each row of which sums to 1, or values [n_rows].
  virtual std::vector<double> predict(const data::Matrix& features, int n_threads) const = 0;
  /// What each column adds; nullopt where there is no exact answer.
  virtual std::optional<Contributions> explain(const data::Matrix&, int /*n_threads*/) const { return std::nullopt; }
  virtual std::size_t n_parameters() const = 0;
  /// Of estimators made of several: how many.
  virtual std::size_t n_parts() const { return 0; }
  virtual Learned learned() const = 0;
  /// What learned() gave, of this many columns. Returns the number of classes, 0 for values. Throws std::runtime_error
  /// for anything else.
  virtual int load(const Learned& learned, std::size_t n_columns) = 0;
};

/// The array `name` of doubles, finite, with these dimensions; -1 stands for any. Throws std::runtime_error.
const std::vector<double>& doubles(const Arrays& arrays, std::string_view name,
                                   std::initializer_list<std::int64_t> shape);

}  // namespace hitscope::models::classical
