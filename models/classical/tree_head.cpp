#include "models/classical/tree_head.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "models/classical/trees.h"
#include "models/data/preprocessing.h"
#include "models/head_files.h"
#include "models/preprocessing_options.h"

namespace hitscope::models::classical {
namespace {

enum class Kind { kRandomForest, kBoostedTrees };

std::vector<double> weights_of(std::span<const int> targets, const std::vector<double>& class_weights) {
  std::vector<double> weights;
  if (class_weights.empty()) return weights;
  for (const int target : targets) weights.push_back(class_weights[static_cast<std::size_t>(target)]);
  return weights;
}

std::vector<int> validation_targets(const data::Classes& classes, std::span<const std::size_t> rows) {
  std::vector<int> targets;
  for (const std::size_t row : rows) {
    targets.push_back(classes.labels[row]);
    if (targets.back() >= 0 && targets.back() < classes.n_classes) continue;
    throw std::invalid_argument("boosted_trees: the target of validation row " + std::to_string(row) + " is " +
                                std::to_string(targets.back()) + "; it must be in 0..n_classes-1");
  }
  return targets;
}

TreesOptions trees_options(int n_classes, const FitOptions& options) {
  TreesOptions result;
  result.n_classes = n_classes;
  result.seed = options.seed;
  result.n_threads = at::get_num_threads();
  result.stop = options.stop;
  result.on_epoch = options.on_epoch;
  return result;
}

BoostingConfig boosting(const FitOptions& options) {
  BoostingConfig config;
  config.patience = options.of<EarlyStopping>().patience;
  return config;
}

class TreeHead final : public Head {
 public:
  explicit TreeHead(Kind kind) : kind_(kind) {}

  const HeadInfo& info() const override { return kind_ == Kind::kRandomForest ? kRandomForest : kBoostedTrees; }

  FitSummary fit(const data::Examples& examples, const data::Targets& targets, const data::TrainingFold& fold,
                 const FitOptions& options) override {
    const auto* classes = std::get_if<data::Classes>(&targets);
    if (classes != nullptr && classes->n_classes < 2) {
      throw std::invalid_argument(std::string(name()) + ": n_classes is " + std::to_string(classes->n_classes) +
                                  "; it must be 2 or more");
    }
    if (n_rows_of(targets) != examples.n_rows) {
      throw std::invalid_argument(std::string(name()) + ": " + std::to_string(n_rows_of(targets)) + " targets for " +
                                  std::to_string(examples.n_rows) + " rows; they must be as many");
    }
    const data::TableEncoder encoder =
        data::TableEncoder::fit(examples.table, labels_of(targets), fold, options.of<data::Preprocessing>().encoder());
    FittedTrees fitted = classes != nullptr
                             ? fit_classes(examples, *classes, fold, encoder, options)
                             : fit_values(examples, std::get<data::Values>(targets), fold, encoder, options);
    if (fitted.trees == nullptr) return {true, std::move(fitted.history), 0};
    encoder_ = encoder;
    trees_ = std::move(fitted.trees);
    return {false, std::move(fitted.history), trees_->n_nodes()};
  }

  data::Probabilities predict(const data::Examples& examples, std::span<const std::size_t> rows) override {
    expect_fitted("predict");
    trees_->n_threads = at::get_num_threads();
    return trees_->predict_probabilities(encoder_->transform(examples.table, rows));
  }

  std::vector<double> predict_values(const data::Examples& examples, std::span<const std::size_t> rows) override {
    expect_fitted("predict_values");
    trees_->n_threads = at::get_num_threads();
    return trees_->predict_values(encoder_->transform(examples.table, rows));
  }

  int n_classes() const override { return trees_ ? trees_->n_classes() : 0; }

  HeadFiles save() const override {
    expect_fitted("save");
    return {{trees_file(), trees_->to_bytes()}, {features_file(), encoder_->to_json()}};
  }

  void load(const HeadFiles& files) override {
    const auto encoder = read_head_file(files, features_file(), data::TableEncoder::from_json);
    trees_ = read_head_file(files, trees_file(), [&](const std::string& bytes) {
      auto read = kind_ == Kind::kRandomForest ? random_forest_from_bytes(bytes) : boosted_trees_from_bytes(bytes);
      if (read->n_columns() != encoder.n_columns()) throw std::runtime_error("the trees do not fit the features");
      return read;
    });
    encoder_ = encoder;
  }

 private:
  FittedTrees fit_classes(const data::Examples& examples, const data::Classes& classes, const data::TrainingFold& fold,
                          const data::TableEncoder& encoder, const FitOptions& options) const {
    const auto& preprocessing = options.of<data::Preprocessing>();
    const data::TrainingMatrix train = data::TrainingMatrix(encoder, examples.table, classes.labels, fold)
                                           .resampled(preprocessing.resampling, options.seed);
    std::vector<double> class_weights;
    if (preprocessing.balanced_class_weight)
      class_weights = data::balanced_class_weights(train.targets(), classes.n_classes);
    const std::vector<double> weights = weights_of(train.targets(), class_weights);
    const TreeRows rows{train.features(), train.targets(), {}, weights};
    if (kind_ == Kind::kRandomForest) return fit_random_forest(rows, trees_options(classes.n_classes, options));
    const data::Matrix held = encoder.transform(examples.table, fold.validation_rows());
    const std::vector<int> targets = validation_targets(classes, fold.validation_rows());
    std::vector<double> held_weights = weights_of(targets, class_weights);
    // A class that no training row has weighs nothing; where all validation rows are of such, they count as they are.
    if (std::all_of(held_weights.begin(), held_weights.end(), [](double w) { return w == 0.0; })) held_weights.clear();
    return fit_boosted_trees(rows, {held, targets, {}, held_weights}, trees_options(classes.n_classes, options),
                             boosting(options));
  }

  FittedTrees fit_values(const data::Examples& examples, const data::Values& values, const data::TrainingFold& fold,
                         const data::TableEncoder& encoder, const FitOptions& options) const {
    const data::Matrix train = encoder.transform(examples.table, fold.train_rows());
    const std::vector<double> train_values = data::of_rows(values.values, fold.train_rows());
    const TreeRows rows{train, {}, train_values, {}};
    if (kind_ == Kind::kRandomForest) return fit_random_forest(rows, trees_options(0, options));
    const data::Matrix held = encoder.transform(examples.table, fold.validation_rows());
    const std::vector<double> held_values = data::of_rows(values.values, fold.validation_rows());
    return fit_boosted_trees(rows, {held, {}, held_values, {}}, trees_options(0, options), boosting(options));
  }

  void expect_fitted(const char* what) const {
    if (!trees_) throw std::logic_error(std::string(name()) + ": " + what + " before fit or load");
  }
  std::string trees_file() const {
    return kind_ == Kind::kRandomForest ? "random_forest.trees" : "boosted_trees.trees";
  }
  std::string features_file() const { return std::string(name()) + ".features.json"; }

  Kind kind_;
  std::optional<data::TableEncoder> encoder_;
  std::unique_ptr<Trees> trees_;
};

}  // namespace

const HeadInfo kRandomForest{
    .name = "random_forest",
    .summary = "random forest of 100 trees, like scikit-learn's",
    .meets = data::needs::kTable | data::needs::kClasses | data::needs::kValues,
    .make = []() -> std::unique_ptr<Head> { return std::make_unique<TreeHead>(Kind::kRandomForest); },
    .options = preprocessing_options};

const HeadInfo kBoostedTrees{
    .name = "boosted_trees",
    .summary = "gradient-boosted trees (XGBoost)",
    .meets = data::needs::kTable | data::needs::kClasses | data::needs::kValues | data::needs::kEarlyStopping,
    .make = []() -> std::unique_ptr<Head> { return std::make_unique<TreeHead>(Kind::kBoostedTrees); },
    .options =
        [](FamilyOptions& options) {
          auto groups = preprocessing_options(options);
          groups.push_back({kTrainingHeading, dsp::settings_of(options.get<EarlyStopping>())});
          return groups;
        }};

}  // namespace hitscope::models::classical
