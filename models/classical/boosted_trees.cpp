#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "models/classical/trees.h"
#include "models/classical/trees_rows.h"
#include "models/classical/xgboost_handles.h"

namespace hitscope::models::classical {
namespace {

/// Numbers are fitted as (value - mean) / scale: XGBoost counts in floats and takes any gain below 1e-6 for nothing.
/// Kept as attributes of the model.
struct NumberScale {
  double mean = 0.0;
  double scale = 1.0;
};
constexpr const char* kMeanAttribute = "hitscope_mean";
constexpr const char* kScaleAttribute = "hitscope_scale";

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

void set_scale(BoosterHandle booster, const NumberScale& scale) {
  check(XGBoosterSetAttr(booster, kMeanAttribute, exact(scale.mean).c_str()));
  check(XGBoosterSetAttr(booster, kScaleAttribute, exact(scale.scale).c_str()));
}

class BoostedTrees final : public Trees {
 public:
  BoostedTrees(BoosterPointer booster, int n_classes) : booster_(std::move(booster)), n_classes_(n_classes) {
    bst_ulong n = 0;
    check(XGBoosterGetNumFeature(booster_.get(), &n));
    n_columns_ = n;
    n_nodes_ = count_nodes(booster_.get());
    if (n_classes == 0) {
      scale_ = {attribute_of(booster_.get(), kMeanAttribute), attribute_of(booster_.get(), kScaleAttribute)};
    }
  }

  int n_classes() const override { return n_classes_; }
  std::size_t n_columns() const override { return n_columns_; }
  std::size_t n_nodes() const override { return n_nodes_; }
  std::string to_bytes() const override {
    bst_ulong n = 0;
    const char* bytes = nullptr;
    check(XGBoosterSaveModelToBuffer(booster_.get(), R"({"format":"ubj"})", &n, &bytes));
    return sealed(std::string(bytes, n));
  }

 private:
  std::vector<double> predict(const data::Matrix& features) const override {
    set_parameter(booster_.get(), "nthread", std::to_string(std::max(1, n_threads)));
    auto answers = predict_rows(booster_.get(), make_matrix(features).get(), features.n_rows, n_classes_);
    if (n_classes_ == 0) {
      for (double& v : answers) v = v * scale_.scale + scale_.mean;
    }
    return answers;
  }

  BoosterPointer booster_;
  int n_classes_;
  NumberScale scale_;
  std::size_t n_columns_ = 0;
  std::size_t n_nodes_ = 0;
};

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
    BoosterPointer kept_booster(kept);
    if (options_.n_classes == 0) set_scale(kept, scale_);
    fitted.trees = std::make_unique<BoostedTrees>(std::move(kept_booster), options_.n_classes);
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

/// Classes of a loaded model, by its own configuration.
int classes_of(BoosterHandle booster) {
  bst_ulong n = 0;
  const char* text = nullptr;
  check(XGBoosterSaveJsonConfig(booster, &n, &text));
  const auto learner = nlohmann::json::parse(text, text + n).at("learner");
  const auto objective = learner.at("objective").at("name").get<std::string>();
  if (objective == "reg:squarederror") return 0;
  if (objective == "binary:logistic") return 2;
  const int n_classes = std::stoi(learner.at("learner_model_param").at("num_class").get<std::string>());
  if (objective != "multi:softprob" || n_classes < 3) throw std::runtime_error("the model is of another kind");
  return n_classes;
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

std::unique_ptr<Trees> boosted_trees_from_bytes(std::string_view bytes) {
  const std::string_view content = unsealed(bytes);
  if (!content.starts_with('{')) throw std::runtime_error("these are not the bytes of boosted trees");
  BoosterPointer booster = make_booster({});
  set_parameter(booster.get(), "verbosity", "0");
  check(XGBoosterLoadModelFromBuffer(booster.get(), content.data(), content.size()));
  const int n_classes = classes_of(booster.get());
  return std::make_unique<BoostedTrees>(std::move(booster), n_classes);
}

}  // namespace hitscope::models::classical
