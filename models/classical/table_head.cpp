#include "models/classical/table_head.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "models/classical/class_weight.h"
#include "models/classical/learned_files.h"
#include "models/classical/present_classes.h"
#include "models/data/preprocessing.h"
#include "models/head_files.h"
#include "models/preprocessing_options.h"

namespace hitscope::models::classical {
namespace {

struct TableHeadParameters {
  ClassWeight class_weight;

  template <typename Visit>
  static void describe(Visit&& visit) {
    visit(&TableHeadParameters::class_weight,
          {.name = "class_weight",
           .help = "weights of the classes in the loss: none, balanced (rare classes weigh more), or a number per "
                   "class in their order, as 1-5",
           .value = "WEIGHTS"});
  }
};

class TableHead final : public Head {
 public:
  TableHead(const HeadInfo& info, std::unique_ptr<Estimator> estimator, TableHeadTraits traits)
      : info_(info), estimator_(std::move(estimator)), traits_(traits) {}

  const HeadInfo& info() const override { return info_; }
  std::unique_ptr<Estimator> release() { return std::move(estimator_); }

  std::vector<dsp::Setting> parameters() override {
    std::vector<dsp::Setting> settings = estimator_->parameters();
    if (!traits_.weighs_classes || !info_.learns_classes()) return settings;
    for (dsp::Setting& setting : dsp::settings_of(parameters_)) settings.push_back(std::move(setting));
    return settings;
  }

  FitSummary fit(const data::Examples& examples, const data::Targets& targets, const data::TrainingFold& fold,
                 const FitOptions& options) override {
    const auto* classes = std::get_if<data::Classes>(&targets);
    refuse(classes != nullptr ? !info_.learns_classes() : !info_.learns_values(),
           std::string("learns ") + (classes != nullptr ? "values, not classes" : "classes, not values"));
    refuse(classes != nullptr && classes->n_classes < 2, "n_classes is below 2; it must be 2 or more");
    refuse(n_rows_of(targets) != examples.n_rows, std::to_string(n_rows_of(targets)) + " targets for " +
                                                      std::to_string(examples.n_rows) + " rows; they must be as many");
    data::TableEncoder encoder = data::TableEncoder::fit(
        examples.table, labels_of(targets), fold, options.of<data::Preprocessing>().encoder(), at::get_num_threads());
    is_fitted_ = false;
    const bool is_done = classes != nullptr
                             ? fit_classes(examples, *classes, fold, encoder, options)
                             : fit_values(examples, std::get<data::Values>(targets), fold, encoder, options);
    if (!is_done) return {true, estimator_->history(), 0};
    encoder_.emplace(std::move(encoder));
    is_fitted_ = true;
    FitSummary summary{false, estimator_->history(), estimator_->n_parameters()};
    summary.note = estimator_->note();
    return summary;
  }

  data::Probabilities predict(const data::Examples& examples, std::span<const std::size_t> rows) override {
    expect_fitted("predict");
    if (classes_.n_all() == 0) throw std::logic_error(name() + ": predicts values, not classes");
    const data::Matrix x = encoder_->transform(examples.table, rows, at::get_num_threads());
    return {rows.size(), classes_.n_all(),
            classes_.widened(estimator_->predict(x, at::get_num_threads()), rows.size())};
  }

  std::vector<double> predict_values(const data::Examples& examples, std::span<const std::size_t> rows) override {
    expect_fitted("predict_values");
    if (classes_.n_all() != 0) throw std::logic_error(name() + ": predicts classes, not values");
    return estimator_->predict(encoder_->transform(examples.table, rows, at::get_num_threads()), at::get_num_threads());
  }

  int n_classes() const override { return is_fitted_ ? classes_.n_all() : 0; }

  HeadFiles save() const override {
    expect_fitted("save");
    HeadFiles files = files_of(estimator_->learned(), file_stem(name()));
    files[features_file()] = encoder_->to_json();
    if (classes_.n_all() > 0 && !classes_.are_all()) files[classes_file()] = classes_.to_json();
    return files;
  }

  void load(const HeadFiles& files) override {
    data::TableEncoder encoder = read_head_file(files, features_file(), data::TableEncoder::from_json);
    const std::string stem = file_stem(name());
    const bool has_absent = files.contains(classes_file());
    PresentClasses classes;
    if (has_absent) classes = read_head_file(files, classes_file(), PresentClasses::from_json);
    const Learned learned = learned_from(files, stem, traits_.has_trees, estimator_->n_parts());
    const int n_learned = loaded(learned, encoder.n_columns(), stem + (traits_.has_trees ? ".trees" : ".safetensors"));
    if (has_absent && classes.n_present() != n_learned)
      throw std::runtime_error(classes_file() + ": names other classes than were learned");
    if (!has_absent) classes = PresentClasses::all(n_learned);
    classes_ = std::move(classes);
    encoder_.emplace(std::move(encoder));
    is_fitted_ = true;
  }

 private:
  int loaded(const Learned& learned, std::size_t n_columns, const std::string& file) {
    try {
      return estimator_->load(learned, n_columns);
    } catch (const std::runtime_error& e) {
      throw std::runtime_error(file + ": " + e.what());
    }
  }
  void refuse(bool is_wrong, const std::string& why) const {
    if (is_wrong) throw std::invalid_argument(name() + ": " + why);
  }

  FitContext context_of(const FitOptions& options, std::span<const std::string> columns) const {
    FitContext context;
    context.seed = options.seed;
    context.n_threads = at::get_num_threads();
    context.stop = options.stop;
    context.on_epoch = options.on_epoch;
    context.columns = columns;
    context.patience = options.of<EarlyStopping>().patience;
    return context;
  }

  bool learn(const LearningRows& rows, const FitContext& context) {
    try {
      return estimator_->fit(rows, context);
    } catch (const std::invalid_argument& e) {
      throw std::invalid_argument(name() + ": " + e.what());
    }
  }

  std::vector<double> class_weights(std::span<const int> targets, const data::Preprocessing& preprocessing) const {
    if (!traits_.weighs_classes) return {};
    const ClassWeight& wanted = parameters_.class_weight;
    if (wanted.given.empty() && !wanted.is_balanced && !preprocessing.balanced_class_weight) return {};
    if (wanted.given.empty()) return data::balanced_class_weights(targets, classes_.n_present());
    refuse(wanted.given.size() != static_cast<std::size_t>(classes_.n_all()),
           "class_weight has " + std::to_string(wanted.given.size()) + " weights for " +
               std::to_string(classes_.n_all()) + " classes; give one for each, joined by '-'");
    std::vector<double> weights;
    for (int c = 0; c < classes_.n_all(); ++c) {
      if (classes_.number_of(c) >= 0) weights.push_back(wanted.given[static_cast<std::size_t>(c)]);
    }
    return weights;
  }

  static std::vector<double> weights_of(std::span<const int> targets, const std::vector<double>& class_weights) {
    std::vector<double> weights;
    if (class_weights.empty()) return weights;
    weights.reserve(targets.size());
    for (const int target : targets) weights.push_back(class_weights[static_cast<std::size_t>(target)]);
    return weights;
  }

  bool fit_classes(const data::Examples& examples, const data::Classes& classes, const data::TrainingFold& fold,
                   const data::TableEncoder& encoder, const FitOptions& options) {
    const auto& preprocessing = options.of<data::Preprocessing>();
    const data::TrainingMatrix train =
        data::TrainingMatrix(encoder, examples.table, classes.labels, fold, at::get_num_threads())
            .resampled(preprocessing.resampling, options.seed);
    classes_ = PresentClasses(train.targets(), classes.n_classes);
    refuse(classes_.n_present() < 2, "all training rows are of one class; there is nothing to tell apart");
    std::vector<int> targets;
    targets.reserve(train.targets().size());
    for (const int target : train.targets()) targets.push_back(classes_.number_of(target));
    const std::vector<double> of_classes = class_weights(targets, preprocessing);
    const std::vector<double> weights = weights_of(targets, of_classes);
    const std::vector<std::string> columns = encoder.column_names();
    FitContext context = context_of(options, columns);
    const LearningRows rows{train.features(), targets, {}, weights, classes_.n_present()};
    if (!traits_.uses_validation) return learn(rows, context);
    std::vector<std::size_t> held;  // without rows of a class that no training row has
    std::vector<int> held_targets;
    for (const std::size_t row : fold.validation_rows()) {
      const int target = classes.labels[row];
      refuse(target < 0 || target >= classes.n_classes, "the target of validation row " + std::to_string(row) + " is " +
                                                            std::to_string(target) + "; it must be in 0..n_classes-1");
      if (classes_.number_of(target) < 0) continue;
      held.push_back(row);
      held_targets.push_back(classes_.number_of(target));
    }
    const data::Matrix held_features = encoder.transform(examples.table, held);
    std::vector<double> held_weights = weights_of(held_targets, of_classes);
    if (std::all_of(held_weights.begin(), held_weights.end(), [](double w) { return w == 0.0; })) held_weights.clear();
    const LearningRows validation{held_features, held_targets, {}, held_weights, classes_.n_present()};
    if (!held.empty()) context.validation = &validation;
    return learn(rows, context);
  }

  bool fit_values(const data::Examples& examples, const data::Values& values, const data::TrainingFold& fold,
                  const data::TableEncoder& encoder, const FitOptions& options) {
    refuse(!parameters_.class_weight.given.empty() || parameters_.class_weight.is_balanced,
           "class_weight needs classes, and these labels are values");
    classes_ = {};
    const data::Matrix train = encoder.transform(examples.table, fold.train_rows(), at::get_num_threads());
    const std::vector<double> train_values = data::of_rows(values.values, fold.train_rows());
    const std::vector<std::string> columns = encoder.column_names();
    FitContext context = context_of(options, columns);
    const LearningRows rows{train, {}, train_values, {}, 0};
    if (!traits_.uses_validation || fold.validation_rows().empty()) return learn(rows, context);
    const data::Matrix held = encoder.transform(examples.table, fold.validation_rows());
    const std::vector<double> held_values = data::of_rows(values.values, fold.validation_rows());
    const LearningRows validation{held, {}, held_values, {}, 0};
    context.validation = &validation;
    return learn(rows, context);
  }

  void expect_fitted(const char* what) const {
    if (!is_fitted_) throw std::logic_error(name() + ": " + what + " before fit or load");
  }
  std::string features_file() const { return file_stem(name()) + ".features.json"; }
  std::string classes_file() const { return file_stem(name()) + ".classes.json"; }

  const HeadInfo& info_;
  std::unique_ptr<Estimator> estimator_;
  TableHeadTraits traits_;
  TableHeadParameters parameters_;
  std::optional<data::TableEncoder> encoder_;
  PresentClasses classes_;  // none: values
  bool is_fitted_ = false;
};

}  // namespace

std::unique_ptr<Estimator> released_estimator(Head& head) {
  auto* const table_head = dynamic_cast<TableHead*>(&head);
  return table_head == nullptr ? nullptr : table_head->release();
}

std::unique_ptr<Head> make_table_head(const HeadInfo& info, std::unique_ptr<Estimator> estimator,
                                      TableHeadTraits traits) {
  return std::make_unique<TableHead>(info, std::move(estimator), traits);
}

}  // namespace hitscope::models::classical
