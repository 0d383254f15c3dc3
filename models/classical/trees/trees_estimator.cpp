#include "models/classical/trees/trees_estimator.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

namespace hitscope::models::classical::trees {

bool TreesEstimator::fit(const LearningRows& rows, const FitContext& context) {
  TreesOptions options;
  options.n_classes = rows.n_classes;
  options.seed = context.seed;
  options.n_threads = context.n_threads;
  options.stop = context.stop;
  options.on_epoch = context.on_epoch;
  const TreeRows train{rows.features, rows.targets, rows.values, rows.weights};
  static const data::Matrix kNone;
  const LearningRows* held = context.validation;
  const TreeRows validation = held == nullptr ? TreeRows{kNone, {}, {}, {}}
                                              : TreeRows{held->features, held->targets, held->values, held->weights};
  FittedTrees result = fitted(train, validation, options, context);
  history_ = std::move(result.history);
  trees_ = std::move(result.trees);
  return trees_ != nullptr;
}

std::vector<double> TreesEstimator::predict(const data::Matrix& features, int n_threads) const {
  trees_->n_threads = n_threads;
  return trees_->n_classes() == 0 ? trees_->predict_values(features) : trees_->predict_probabilities(features).values;
}

int TreesEstimator::load(const Learned& learned, std::size_t n_columns) {
  std::unique_ptr<Trees> read = from_bytes(learned.trees);
  if (read->n_columns() != n_columns) throw std::runtime_error("the trees do not fit the features");
  trees_ = std::move(read);
  return trees_->n_classes();
}

MaxFeatures MaxFeatures::from_text(const dsp::Field& field, const std::string& text) {
  double number = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = error == std::errc() && end == text.data() + text.size() && number > 0.0;
  const bool is_allowed = is_number && (number < 1.0 || (number == std::floor(number) && number <= 1e6));
  if (text == "auto" || text == "all" || text == "sqrt" || text == "log2" || is_allowed) return {text};
  throw dsp::FieldError(field.name, "'" + text + "'", "auto, all, sqrt, log2, a whole number, or a share below 1");
}

std::size_t MaxFeatures::of(std::size_t n_columns, bool takes_root) const {
  const auto n = static_cast<double>(n_columns);
  double wanted = n;
  if (words == "sqrt" || (words == "auto" && takes_root)) wanted = std::sqrt(n);
  if (words == "log2") wanted = std::log2(n);
  double number = 0.0;
  const auto [end, error] = std::from_chars(words.data(), words.data() + words.size(), number);
  if (error == std::errc()) wanted = number < 1.0 ? number * n : number;
  return static_cast<std::size_t>(std::clamp(std::floor(wanted), 1.0, n));
}

TreeRules ForestParameters::rules(std::size_t n_columns, bool takes_root) const {
  TreeRules rules;
  rules.is_entropy = criterion == Criterion::kEntropy;
  rules.max_depth = max_depth;
  rules.min_samples_split = static_cast<std::size_t>(min_samples_split);
  rules.min_samples_leaf = static_cast<std::size_t>(min_samples_leaf);
  rules.max_features = max_features.of(n_columns, takes_root);
  rules.ccp_alpha = ccp_alpha;
  return rules;
}

}  // namespace hitscope::models::classical::trees
