// What the estimators of trees share, and their common parameters. Internal to models/classical.
// Thread safety: as Estimator's.
#pragma once

#include <memory>
#include <string>

#include "models/classical/table_head.h"
#include "models/classical/trees/trees.h"
#include "models/preprocessing_options.h"

namespace hitscope::models::classical::trees {

class TreesEstimator : public Estimator {
 public:
  bool fit(const LearningRows& rows, const FitContext& context) override;
  std::vector<Epoch> history() const override { return history_; }
  std::vector<double> predict(const data::Matrix& features, int n_threads) const override;
  std::size_t n_parameters() const override { return trees_->n_nodes(); }
  Learned learned() const override { return {{}, trees_->to_bytes(), {}}; }
  int load(const Learned& learned, std::size_t n_columns) override;

 protected:
  virtual FittedTrees fitted(const TreeRows& rows, const TreeRows& validation, const TreesOptions& options,
                             const FitContext& context) = 0;
  virtual std::unique_ptr<Trees> from_bytes(std::string_view bytes) const { return ensemble_from_bytes(bytes); }

 private:
  std::unique_ptr<Trees> trees_;
  std::vector<Epoch> history_;
};

/// How many columns are tried in a node: auto (of classes in forests the root, else all), all, sqrt, log2, a number, or
/// a share below 1.
struct MaxFeatures {
  std::string words = "auto";

  static MaxFeatures from_text(const dsp::Field& field, const std::string& text);
  std::string text() const { return words; }
  /// `takes_root`: what auto means.
  std::size_t of(std::size_t n_columns, bool takes_root) const;
  friend bool operator==(const MaxFeatures&, const MaxFeatures&) = default;
};

enum class Criterion { kGini, kEntropy };
constexpr auto names_of(Criterion) {
  return std::to_array<dsp::Name<Criterion>>({{Criterion::kGini, "gini"}, {Criterion::kEntropy, "entropy"}});
}

/// Parameters of a tree, and of a forest of such.
struct ForestParameters {
  int n_estimators = 100;
  bool has_bootstrap = true;
  Criterion criterion = Criterion::kGini;
  int max_depth = 0;
  int min_samples_split = 2;
  int min_samples_leaf = 1;
  MaxFeatures max_features{};
  double ccp_alpha = 0.0;

  TreeRules rules(std::size_t n_columns, bool takes_root) const;

  template <typename Visit>
  static void describe(Visit&& visit) {
    using P = ForestParameters;
    visit(&P::n_estimators, {.name = "n_estimators", .help = "number of trees", .rule = dsp::between(1, 100000)});
    visit(&P::has_bootstrap,
          {.name = "bootstrap", .help = "each tree sees rows drawn with replacement; false: all rows"});
    describe_tree(visit);
  }
  template <typename Visit>
  static void describe_tree(Visit&& visit) {
    using P = ForestParameters;
    visit(&P::criterion, {.name = "criterion", .help = "of classes: the impurity that splits lower"});
    visit(&P::max_depth,
          {.name = "max_depth", .help = "greatest depth of a tree; 0: any", .rule = dsp::between(0, 100000)});
    visit(&P::min_samples_split,
          {.name = "min_samples_split", .help = "rows that a node needs to be split", .rule = dsp::between(2, 1e9)});
    visit(&P::min_samples_leaf,
          {.name = "min_samples_leaf", .help = "rows that every leaf has", .rule = dsp::between(1, 1e9)});
    visit(&P::max_features,
          {.name = "max_features",
           .help = "columns that are tried in a node: all, sqrt, log2, a number or a share below 1; auto is sqrt for "
                   "classes in forests, else all",
           .value = "COLUMNS"});
    visit(&P::ccp_alpha, {.name = "ccp_alpha",
                          .help = "prunes what lowers the impurity by less than this for each leaf",
                          .rule = dsp::at_least(0)});
  }
};

}  // namespace hitscope::models::classical::trees
