#include "apps/train/head_choice.h"

#include <fmt/format.h>

#include <algorithm>

#include "apps/shell/verb.h"
#include "models/heads/heads.h"

namespace hitscope::apps::train {
namespace {

/// "cnn, mlp, …": the heads that can learn such labels.
std::string heads_for(bool is_regression) {
  std::string names;
  for (const std::string& name : models::heads::head_names()) {
    const auto head = models::heads::make_head(name);
    if (is_regression ? head->learns_values() : head->learns_classes()) names += (names.empty() ? "" : ", ") + name;
  }
  return names;
}

/// What only classes have a use for.
void refuse_class_options(const HeadRequest& request, const std::string& labels) {
  const auto refuse = [&labels](bool given, const char* option, const char* why) {
    if (given) throw shell::UsageError(fmt::format("{} {}, and --labels {} has no classes", option, why, labels));
  };
  refuse(request.fit.resampling != models::data::Resampling::kNone, "--resample", "adds rows of rare classes");
  refuse(request.fit.balanced_class_weight, "--balanced-class-weight", "weighs rare classes");
  refuse(request.calibration != models::evaluation::Calibration::kNone, "--calibrate",
         "mends probabilities of classes");
  refuse(request.threshold != models::evaluation::ThresholdMetric::kNone, "--tune-threshold",
         "chooses between two classes");
  refuse(request.fit.recipe.label_smoothing.value_or(0.0) > 0.0, "--label-smoothing", "gives all classes a share");
  refuse(request.fit.recipe.focal_gamma > 0.0, "--focal-gamma", "weighs rows by the probability of their class");
  refuse(request.fit.recipe.balanced_batches, "--balanced-batches", "draws classes as often");
  refuse(models::neural::recipes::needs_classes(request.fit.recipe.stop_metric), "--stop-on",
         fmt::format("{} counts classes", to_string(request.fit.recipe.stop_metric)).c_str());
  refuse(request.fit.objective == models::neural::recipes::ObjectiveKind::kOrdinal, "--objective ordinal",
         "puts classes in order");
  refuse(request.fit.encoder.select_k != 0, "--select-k", "ranks columns by how well they tell classes apart");
}

/// What only networks on spectrograms have a use for.
void refuse_clip_options(const HeadRequest& request) {
  const models::FitOptions& fit = request.fit;
  const auto refuse = [](bool given, const char* option) {
    if (given)
      throw shell::UsageError(fmt::format("{} is for networks on spectrograms, and none is among the heads", option));
  };
  refuse(fit.objective != models::neural::recipes::ObjectiveKind::kPlain, "--objective");
  refuse(request.precision.has_value(), "--precision");
  refuse(fit.clip_normalisation != models::neural::recipes::ClipNormalisation::kNone, "--clip-normalisation");
  refuse(fit.augmentation.mixup_alpha > 0.0, "--mixup");
}

}  // namespace

std::vector<std::string> chosen_heads(const HeadRequest& request, const examples::TrainData& data) {
  const bool has_table = !data.dataset.table.empty();
  const bool is_regression = data.labels.kind == models::data::LabelKind::kRegression ||
                             data.labels.kind == models::data::LabelKind::kPercentile;
  if (is_regression) refuse_class_options(request, to_string(data.labels));
  std::vector<std::string> heads;
  for (const std::string& name : request.heads.empty() ? models::heads::usual_head_names() : request.heads) {
    const auto head = models::heads::make_head(name);
    const bool wants_table = head->input() != models::HeadInput::kSpectrogram;
    const bool wants_clips = head->input() != models::HeadInput::kTable;
    std::string why;
    if (wants_table && !has_table) why = " needs table columns, and the table has none to use";
    if (wants_clips && !data.store) why = " needs --spectrograms";
    if (is_regression && !head->learns_values()) {
      why = fmt::format(" learns classes, and --labels {} has none; these learn values: {}", to_string(data.labels),
                        heads_for(true));
    }
    if (!is_regression && !head->learns_classes()) {
      why = " learns values; give --labels regression, or one of the heads that learn classes: " + heads_for(false);
    }
    if (why.empty()) {
      heads.push_back(name);
    } else if (!request.heads.empty()) {
      throw shell::UsageError(fmt::format("--heads {}{}", name, why));
    }
  }
  if (heads.empty())
    throw shell::UsageError("there is nothing to train on: no --spectrograms and no usable feature columns");
  const bool hears = std::any_of(heads.begin(), heads.end(), [](const std::string& name) {
    return models::heads::make_head(name)->input() != models::HeadInput::kTable;
  });
  if (!hears) refuse_clip_options(request);
  return heads;
}

void check_class_options(const HeadRequest& request, const models::data::LabelScheme& labels) {
  if (labels.is_regression()) return;
  const std::string made = fmt::format("--labels {} makes classes", to_string(labels.config()));
  if (request.fit.objective == models::neural::recipes::ObjectiveKind::kRanking) {
    throw shell::UsageError("--objective ranking tells which of two values is higher, and " + made +
                            "; give --labels regression or percentile");
  }
  if (models::neural::recipes::needs_values(request.fit.recipe.stop_metric)) {
    throw shell::UsageError(
        fmt::format("--stop-on {} is of values, and {}", to_string(request.fit.recipe.stop_metric), made));
  }
  const bool needs_order = request.fit.objective == models::neural::recipes::ObjectiveKind::kOrdinal ||
                           request.fit.recipe.stop_metric == models::neural::recipes::StopMetric::kQuadraticKappa;
  if (needs_order && !labels.is_ordered()) {
    throw shell::UsageError(fmt::format("{} needs classes that have an order, and {} that have none",
                                        request.fit.objective == models::neural::recipes::ObjectiveKind::kOrdinal
                                            ? "--objective ordinal"
                                            : "--stop-on kappa2",
                                        made));
  }
}

}  // namespace hitscope::apps::train
