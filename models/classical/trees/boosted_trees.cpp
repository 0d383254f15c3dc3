#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "models/classical/trees/boosted_ensemble.h"
#include "models/classical/trees/trees.h"
#include "models/classical/trees/trees_rows.h"
#include "models/classical/trees/xgboost_handles.h"

namespace hitscope::models::classical::trees {
namespace {

/// Numbers are fitted as (value - mean) / scale: XGBoost counts in floats and takes any gain below 1e-6 for nothing.
struct NumberScale {
  double mean = 0.0;
  double scale = 1.0;
};

/// Mean by weight of the natural log loss, or of the squared error.
double mean_loss(std::span<const double> answers, const TreeRows& rows, int n_classes, const NumberScale& scale) {
  double sum = 0.0;
  double weight = 0.0;
  for (std::size_t row = 0; row < rows.features.n_rows; ++row) {
    const double w = rows.weights.empty() ? 1.0 : rows.weights[row];
    if (n_classes == 0) {
      const double error = answers[row] * scale.scale + scale.mean - rows.values[row];
      sum += w * error * error;
    } else {
      sum -= w * std::log(std::max(1e-15, answers[row * n_classes + rows.targets[row]]));
    }
    weight += w;
  }
  return sum / weight;
}

NumberScale scale_of(const TreeRows& rows) {
  double weight = 0.0;
  NumberScale result;
  double squares = 0.0;
  for (std::size_t i = 0; i < rows.values.size(); ++i) {
    const double w = rows.weights.empty() ? 1.0 : rows.weights[i];
    if (!(w > 0.0)) continue;
    weight += w;
    const double from_mean = rows.values[i] - result.mean;
    result.mean += from_mean * (w / weight);
    squares += w * from_mean * (rows.values[i] - result.mean);
  }
  const double deviation = std::sqrt(squares / weight);
  if (std::isfinite(deviation) && deviation > 0.0) result.scale = deviation;
  return result;
}

void set_floats(DMatrixHandle matrix, const char* field, const std::vector<float>& values) {
  check(XGDMatrixSetFloatInfo(matrix, field, values.data(), values.size()));
}

/// Fits round by round and remembers the best.
class Boosting {
 public:
  Boosting(const TreeRows& train, const TreeRows& validation, const TreesOptions& options, const BoostingConfig& config)
      : train_(train), validation_(validation), options_(options), config_(config) {
    train_matrix_ = make_matrix(train.features);
    std::vector<DMatrixHandle> matrices{train_matrix_.get()};
    if (validated()) {
      validation_matrix_ = make_matrix(validation.features);
      matrices.push_back(validation_matrix_.get());
    }
    if (options.n_classes > 0) {
      set_floats(train_matrix_.get(), "label", {train.targets.begin(), train.targets.end()});
    } else {
      scale_ = scale_of(train);
      std::vector<float> scaled;
      for (const double v : train.values) scaled.push_back(static_cast<float>((v - scale_.mean) / scale_.scale));
      set_floats(train_matrix_.get(), "label", scaled);
    }
    if (!train.weights.empty()) set_floats(train_matrix_.get(), "weight", {train.weights.begin(), train.weights.end()});
    booster_ = make_booster(matrices);
    set_parameters();
  }

  FittedTrees run() {
    FittedTrees fitted;
    const int n_rounds = validated() ? config_.max_rounds : config_.rounds_unvalidated;
    for (int round = 0; round < n_rounds; ++round) {
      if (options_.stop != nullptr && *options_.stop) return {nullptr, std::move(fitted.history)};
      check(XGBoosterUpdateOneIter(booster_.get(), round, train_matrix_.get()));
      fitted.history.push_back(epoch(round + 1));
      fitted.history.back().at_most = n_rounds;
      if (options_.on_epoch) options_.on_epoch(fitted.history.back());
      if (validated() && round + 1 - best_round_ >= config_.patience) break;
    }
    BoosterHandle kept = nullptr;
    check(XGBoosterSlice(booster_.get(), 0, best_round_, 1, &kept));
    const BoosterPointer kept_booster(kept);
    BoostedModel model = boosted_model_from_xgboost(model_json(kept), options_.n_classes);
    model.mean = scale_.mean;
    model.scale = scale_.scale;
    fitted.trees = boosted_trees(std::move(model));
    fitted.trees->n_threads = options_.n_threads;
    return fitted;
  }

 private:
  bool validated() const { return validation_.features.n_rows > 0; }

  void set_parameters() {
    BoosterHandle booster = booster_.get();
    const int k = options_.n_classes;
    set_parameter(booster, "objective", k == 0 ? "reg:squarederror" : k == 2 ? "binary:logistic" : "multi:softprob");
    if (k > 2) set_parameter(booster, "num_class", std::to_string(k));
    set_parameter(booster, "tree_method", "hist");
    set_parameter(booster, "max_depth", std::to_string(config_.max_depth));
    set_parameter(booster, "learning_rate", exact(config_.learning_rate));
    set_parameter(booster, "seed", std::to_string(options_.seed % (1U << 31)));
    set_parameter(booster, "nthread", std::to_string(options_.n_threads));
    set_parameter(booster, "verbosity", "0");
    if (k == 0) set_parameter(booster, "base_score", "0");  // the scaled mean
  }

  Epoch epoch(int round) {
    const auto loss = [&](const MatrixHandle& matrix, const TreeRows& rows) {
      const auto answers = predict_rows(booster_.get(), matrix.get(), rows.features.n_rows, options_.n_classes);
      return mean_loss(answers, rows, options_.n_classes, scale_);
    };
    Epoch result;
    result.number = round;
    result.train_loss = loss(train_matrix_, train_);
    result.validation_loss = validated() ? loss(validation_matrix_, validation_) : std::nan("");
    result.is_best = !validated() || best_round_ == 0 || result.validation_loss < best_loss_;
    if (result.is_best) {
      best_loss_ = result.validation_loss;
      best_round_ = round;
    }
    return result;
  }

  const TreeRows& train_;
  const TreeRows& validation_;
  const TreesOptions& options_;
  const BoostingConfig& config_;
  MatrixHandle train_matrix_;
  MatrixHandle validation_matrix_;
  BoosterPointer booster_;
  NumberScale scale_;
  int best_round_ = 0;
  double best_loss_ = 0.0;
};

void check_config(const BoostingConfig& config) {
  const auto at_least_one = [](const char* field, int value) {
    if (value >= 1) return;
    throw std::invalid_argument(std::string("trees: ") + field + " is " + std::to_string(value) + "; it must be >= 1");
  };
  at_least_one("max_rounds", config.max_rounds);
  at_least_one("rounds_unvalidated", config.rounds_unvalidated);
  at_least_one("patience", config.patience);
  at_least_one("max_depth", config.max_depth);
  if (!(config.learning_rate > 0.0 && config.learning_rate <= 1.0)) {
    throw std::invalid_argument("trees: learning_rate is " + exact(config.learning_rate) + "; it must be in (0, 1]");
  }
}

}  // namespace

FittedTrees fit_boosted_trees(const TreeRows& train, const TreeRows& validation, const TreesOptions& options,
                              const BoostingConfig& config) {
  check_rows(train, options, "train");
  check_config(config);
  if (validation.features.n_rows > 0) {
    check_rows(validation, options, "validation");
    if (validation.features.n_columns != train.features.n_columns) {
      throw std::invalid_argument("trees: validation.n_columns is " + std::to_string(validation.features.n_columns) +
                                  "; it must be " + std::to_string(train.features.n_columns) + " as in train");
    }
  }
  return Boosting(train, validation, options, config).run();
}

}  // namespace hitscope::models::classical::trees
