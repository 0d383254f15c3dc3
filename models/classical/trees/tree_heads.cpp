#include <array>

#include "models/classical/trees/tree_head.h"
#include "models/classical/trees/trees_estimator.h"

namespace hitscope::models::classical::trees {
namespace {

constexpr unsigned kMeets = data::needs::kTable | data::needs::kClasses | data::needs::kValues;

template <typename E>
constexpr HeadInfo info_of(std::string_view name, std::string_view summary, bool is_usual = false) {
  return {.name = name,
          .summary = summary,
          .meets = kMeets,
          .is_usual = is_usual,
          .make = table_head<E>,
          .options = preprocessing_options};
}

class DecisionTree final : public TreesEstimator {
 public:
  static const HeadInfo kInfo;
  static constexpr TableHeadTraits kTraits{.has_trees = true};

  std::vector<dsp::Setting> parameters() override { return settings_of_tree(parameters_); }

 private:
  static std::vector<dsp::Setting> settings_of_tree(ForestParameters& parameters) {
    std::vector<dsp::Setting> settings;
    ForestParameters::describe_tree([&](auto ForestParameters::*member, const dsp::Field& field) {
      settings.push_back(dsp::setting_of(parameters.*member, field));
    });
    return settings;
  }
  FittedTrees fitted(const TreeRows& rows, const TreeRows&, const TreesOptions& options, const FitContext&) override {
    return fit_random_forest(rows, options,
                             {1, false, parameters_.rules(rows.features.n_columns, /*takes_root=*/false)});
  }

  ForestParameters parameters_;
};

/// Trees on different rows, or with random thresholds, whose answers are averaged.
class Forest : public TreesEstimator {
 public:
  std::vector<dsp::Setting> parameters() override { return dsp::settings_of(parameters_); }

 protected:
  explicit Forest(bool is_random) : is_random_(is_random) { parameters_.has_bootstrap = !is_random; }

 private:
  FittedTrees fitted(const TreeRows& rows, const TreeRows&, const TreesOptions& options, const FitContext&) override {
    ForestConfig config{parameters_.n_estimators, parameters_.has_bootstrap,
                        parameters_.rules(rows.features.n_columns, options.n_classes > 0)};
    config.rules.is_random = is_random_;
    return fit_random_forest(rows, options, config);
  }

  bool is_random_;
  ForestParameters parameters_;
};

class RandomForest final : public Forest {
 public:
  static const HeadInfo kInfo;
  static constexpr TableHeadTraits kTraits{.has_trees = true};
  RandomForest() : Forest(false) {}
};

class ExtraTrees final : public Forest {
 public:
  static const HeadInfo kInfo;
  static constexpr TableHeadTraits kTraits{.has_trees = true};
  ExtraTrees() : Forest(true) {}
};

struct GradientBoostingParameters {
  int n_estimators = 100;
  double learning_rate = 0.1;
  double subsample = 1.0;
  int max_depth = 3;
  int min_samples_split = 2;
  int min_samples_leaf = 1;
  MaxFeatures max_features{};

  template <typename Visit>
  static void describe(Visit&& visit) {
    using P = GradientBoostingParameters;
    visit(&P::n_estimators,
          {.name = "n_estimators", .help = "rounds, each a tree for every class", .rule = dsp::between(1, 100000)});
    visit(&P::learning_rate,
          {.name = "learning_rate", .help = "factor of what each tree says", .rule = dsp::greater_than(0)});
    visit(&P::subsample,
          {.name = "subsample", .help = "share of the rows that each tree sees", .rule = dsp::between(0.0001, 1)});
    visit(&P::max_depth,
          {.name = "max_depth", .help = "greatest depth of a tree; 0: any", .rule = dsp::between(0, 100000)});
    visit(&P::min_samples_split,
          {.name = "min_samples_split", .help = "rows that a node needs to be split", .rule = dsp::between(2, 1e9)});
    visit(&P::min_samples_leaf,
          {.name = "min_samples_leaf", .help = "rows that every leaf has", .rule = dsp::between(1, 1e9)});
    visit(&P::max_features, {.name = "max_features",
                             .help = "columns that are tried in a node: all, sqrt, log2, a number or a share below 1; "
                                     "auto is all",
                             .value = "COLUMNS"});
  }
};

class GradientBoostingHead final : public TreesEstimator {
 public:
  static const HeadInfo kInfo;
  static constexpr TableHeadTraits kTraits{.weighs_classes = false, .has_trees = true};

  std::vector<dsp::Setting> parameters() override { return dsp::settings_of(parameters_); }

 private:
  FittedTrees fitted(const TreeRows& rows, const TreeRows&, const TreesOptions& options, const FitContext&) override {
    const GradientBoostingParameters& p = parameters_;
    GradientBoostingConfig config{p.n_estimators, p.learning_rate, p.subsample, {}};
    config.rules.max_depth = p.max_depth;
    config.rules.min_samples_split = static_cast<std::size_t>(p.min_samples_split);
    config.rules.min_samples_leaf = static_cast<std::size_t>(p.min_samples_leaf);
    config.rules.max_features = p.max_features.of(rows.features.n_columns, false);
    return fit_gradient_boosting(rows, options, config);
  }

  GradientBoostingParameters parameters_;
};

struct AdaBoostParameters {
  int n_estimators = 50;
  double learning_rate = 1.0;
  int max_depth = 0;

  template <typename Visit>
  static void describe(Visit&& visit) {
    using P = AdaBoostParameters;
    visit(&P::n_estimators, {.name = "n_estimators", .help = "trees at most", .rule = dsp::between(1, 100000)});
    visit(&P::learning_rate,
          {.name = "learning_rate", .help = "factor of the weight of each tree", .rule = dsp::greater_than(0)});
    visit(&P::max_depth, {.name = "max_depth",
                          .help = "depth of the trees; 0: 1 for classes and 3 for values",
                          .rule = dsp::between(0, 100000)});
  }
};

class AdaBoostHead final : public TreesEstimator {
 public:
  static const HeadInfo kInfo;
  static constexpr TableHeadTraits kTraits{.weighs_classes = false, .has_trees = true};

  std::vector<dsp::Setting> parameters() override { return dsp::settings_of(parameters_); }

 private:
  FittedTrees fitted(const TreeRows& rows, const TreeRows&, const TreesOptions& options, const FitContext&) override {
    return fit_adaboost(rows, options, {parameters_.n_estimators, parameters_.learning_rate, parameters_.max_depth});
  }

  AdaBoostParameters parameters_;
};

struct BoostedTreesParameters {
  int n_estimators = 0;
  int max_depth = 6;
  double learning_rate = 0.1;

  template <typename Visit>
  static void describe(Visit&& visit) {
    using P = BoostedTreesParameters;
    visit(&P::n_estimators,
          {.name = "n_estimators",
           .help = "rounds, however the validation rows fare; 0: up to 500, until these fare no better, "
                   "or 100 without validation rows",
           .rule = dsp::between(0, 100000)});
    visit(&P::max_depth, {.name = "max_depth", .help = "greatest depth of a tree", .rule = dsp::between(1, 30)});
    visit(&P::learning_rate,
          {.name = "learning_rate", .help = "factor of what each tree says", .rule = dsp::between(1e-6, 1)});
  }
};

class BoostedTrees final : public TreesEstimator {
 public:
  static const HeadInfo kInfo;
  static constexpr TableHeadTraits kTraits{.uses_validation = true, .has_trees = true};

  std::vector<dsp::Setting> parameters() override { return dsp::settings_of(parameters_); }

 private:
  FittedTrees fitted(const TreeRows& rows, const TreeRows& validation, const TreesOptions& options,
                     const FitContext& context) override {
    BoostingConfig config;
    config.patience = context.patience;
    config.max_depth = parameters_.max_depth;
    config.learning_rate = parameters_.learning_rate;
    if (parameters_.n_estimators == 0) return fit_boosted_trees(rows, validation, options, config);
    config.rounds_unvalidated = parameters_.n_estimators;
    const data::Matrix none;
    return fit_boosted_trees(rows, {none, {}, {}, {}}, options, config);
  }
  std::unique_ptr<Trees> from_bytes(std::string_view bytes) const override { return boosted_trees_from_bytes(bytes); }

  BoostedTreesParameters parameters_;
};

std::vector<OptionGroup> boosted_options(FamilyOptions& options) {
  auto groups = preprocessing_options(options);
  groups.push_back({kTrainingHeading, dsp::settings_of(options.get<EarlyStopping>())});
  return groups;
}

}  // namespace

const HeadInfo DecisionTree::kInfo = info_of<DecisionTree>("decision_tree", "one decision tree");
const HeadInfo RandomForest::kInfo = info_of<RandomForest>("random_forest", "random forest of 100 trees", true);
const HeadInfo ExtraTrees::kInfo = info_of<ExtraTrees>("extra_trees", "forest of trees with random thresholds");
const HeadInfo GradientBoostingHead::kInfo =
    info_of<GradientBoostingHead>("gradient_boosting", "gradient boosting with exact splits, depth 3");
const HeadInfo AdaBoostHead::kInfo = info_of<AdaBoostHead>("adaboost", "AdaBoost of small trees (SAMME, R2)");
const HeadInfo BoostedTrees::kInfo{.name = "boosted_trees",
                                   .summary = "gradient boosting with histograms (XGBoost)",
                                   .meets = kMeets | data::needs::kEarlyStopping,
                                   .make = table_head<BoostedTrees>,
                                   .options = boosted_options};

std::span<const HeadInfo* const> heads() {
  static const std::array<const HeadInfo*, 6> list{&RandomForest::kInfo,         &BoostedTrees::kInfo,
                                                   &DecisionTree::kInfo,         &ExtraTrees::kInfo,
                                                   &GradientBoostingHead::kInfo, &AdaBoostHead::kInfo};
  return list;
}

}  // namespace hitscope::models::classical::trees
