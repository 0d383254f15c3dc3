// What heads made of other heads share. Internal to models/classical.
// Thread safety: as Estimator's.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "models/classical/table_head.h"
#include "models/preprocessing_options.h"

namespace hitscope::models::classical::ensembles {

/// The head `name` with its parameters, unfitted, as an estimator. Throws std::invalid_argument for one that cannot
/// take part.
std::unique_ptr<Estimator> estimator_named(const std::string& name, bool is_of_classes);
/// The names between plus signs that stand in no parentheses.
std::vector<std::string> names_in(const std::string& text);

struct EnsembleParameters {
  std::string estimators = "auto";

  template <typename Visit>
  static void describe(Visit&& visit) {
    visit(&EnsembleParameters::estimators,
          {.name = "estimators",
           .help = "heads that it is made of, as logistic+knn(n_neighbors=15); auto is "
                   "logistic+random_forest+gradient_boosting, for values with ridge",
           .value = "HEADS"});
  }
};

/// Several estimators, fitted on the same rows.
class Ensemble : public Estimator {
 public:
  std::vector<dsp::Setting> parameters() override { return dsp::settings_of(parameters_); }

  std::size_t n_parameters() const override {
    std::size_t n = 0;
    for (const auto& part : parts_) n += part->n_parameters();
    return n;
  }
  /// Whether they are of classes does not change their number.
  std::size_t n_parts() const override { return names(true).size(); }
  Learned learned() const override {
    Learned result;
    for (const auto& part : parts_) result.parts.push_back(part->learned());
    return result;
  }
  std::string note() const override {
    std::string notes;
    for (std::size_t i = 0; i < parts_.size() && i < names_.size(); ++i) {
      if (!parts_[i]->note().empty()) notes += (notes.empty() ? "" : "; ") + names_[i] + ": " + parts_[i]->note();
    }
    return notes;
  }

 protected:
  std::vector<std::string> names(bool is_of_classes) const {
    if (parameters_.estimators != "auto") return names_in(parameters_.estimators);
    return {is_of_classes ? "logistic" : "ridge", "random_forest", "gradient_boosting"};
  }
  void make(bool is_of_classes) {
    names_ = names(is_of_classes);
    parts_.clear();
    for (const std::string& name : names_) parts_.push_back(estimator_named(name, is_of_classes));
  }
  static FitContext quiet(const FitContext& context) {
    FitContext inner = context;
    inner.validation = nullptr;
    inner.on_epoch = nullptr;
    return inner;
  }

  EnsembleParameters parameters_;
  std::vector<std::string> names_;
  std::vector<std::unique_ptr<Estimator>> parts_;
};

template <typename E>
constexpr HeadInfo info_of(std::string_view name, std::string_view summary) {
  return {.name = name,
          .summary = summary,
          .meets = data::needs::kTable | data::needs::kClasses | data::needs::kValues,
          .is_usual = false,
          .make = table_head<E>,
          .options = preprocessing_options};
}

const HeadInfo& voting();
const HeadInfo& stacking();

}  // namespace hitscope::models::classical::ensembles
