#include "apps/train/head_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "apps/shell/command.h"
#include "apps/shell/verb.h"
#include "models/heads/heads.h"
#include "models/neural/recipes/network_options.h"

namespace hitscope::apps::train {
namespace {

using models::HeadInfo;
using models::HeadInput;
namespace needs = models::data::needs;
namespace recipes = models::neural::recipes;

constexpr const char* kAllHeads = "all";

/// The message "`labels` regression has no classes", or that they have no values.
std::string labels_lack(unsigned missing, const std::string& labels) {
  return fmt::format("`labels` {} has no {}", labels, (missing & needs::kClasses) != 0 ? "classes" : "values");
}

/// What the chosen heads and the labels meet.
struct Met {
  unsigned needs = 0;               ///< bits of data::needs
  std::set<std::string> own_names;  ///< options that one of the heads lists
};

/// Options that differ from their defaults, but that neither the heads nor the labels have a use for.
void refuse_unneeded(const std::vector<dsp::Setting>& given, const std::vector<dsp::Setting>& defaults, const Met& met,
                     const std::string& labels) {
  for (std::size_t i = 0; i < given.size(); ++i) {
    const bool is_own = met.own_names.contains(std::string(given[i].field.name));
    const unsigned missing = given[i].field.needs & ~(met.needs | (is_own ? needs::kItsHead : 0));
    if (missing == 0 || given[i].value() == defaults[i].value()) continue;
    const bool is_of_labels = (missing & needs::kLabels) != 0;
    throw shell::UsageError(fmt::format("`{}` has no effect: it needs {}, and {}", given[i].field.name,
                                        needs::words(missing),
                                        is_of_labels ? labels_lack(missing, labels) : "no such head is trained"));
  }
}

/// The same for all options of `request`.
void refuse_unneeded(const HeadRequest& request, const Met& met, const std::string& labels) {
  models::FamilyOptions given = request.fit.families;
  models::FamilyOptions defaults;
  const auto groups = models::heads::option_groups(given);
  const auto initial = models::heads::option_groups(defaults);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    refuse_unneeded(groups[g].settings, initial[g].settings, met, labels);
  }
  models::evaluation::CalibrationOptions calibration = request.calibration;
  models::evaluation::CalibrationOptions none;
  refuse_unneeded(dsp::settings_of(calibration), dsp::settings_of(none), met, labels);
}

/// Why `head` cannot be trained on such data, or an empty text.
std::string why_not(const HeadInfo& head, const examples::TrainData& data, bool is_regression) {
  if (head.input != HeadInput::kSpectrogram && data.examples.table.empty()) {
    return "needs table columns, and the table has no usable column";
  }
  if (head.input != HeadInput::kTable && !data.store) return "needs `spectrograms`";
  if (is_regression && !head.learns_values()) {
    return fmt::format("learns classes, and `labels` {} makes values; the heads that learn values are {}",
                       to_string(data.labels),
                       models::heads::names_of_heads([](const HeadInfo& i) { return i.learns_values(); }));
  }
  if (!is_regression && !head.learns_classes()) {
    return "learns values; give `labels` regression, or choose from the heads that learn classes: " +
           models::heads::names_of_heads([](const HeadInfo& i) { return i.learns_classes(); });
  }
  return "";
}

/// Refuses options of networks that need classes, for labels that are values.
void refuse_class_scores(const HeadRequest& request, const std::string& labels) {
  const auto& networks = request.fit.of<recipes::NetworkOptions>();
  if (networks.objective == recipes::ObjectiveKind::kOrdinal) {
    throw shell::UsageError(fmt::format("`objective` ordinal needs classes, and `labels` {} makes values", labels));
  }
  if (needs_classes(networks.recipe.stop_metric)) {
    throw shell::UsageError(fmt::format("`stop_on` {} is a score of classes, and `labels` {} makes values",
                                        to_string(networks.recipe.stop_metric), labels));
  }
}

}  // namespace

std::vector<std::string> chosen_heads(const HeadRequest& request, const examples::TrainData& data) {
  const bool is_regression = data.labels.kind == models::data::LabelKind::kRegression ||
                             data.labels.kind == models::data::LabelKind::kPercentile;
  std::vector<std::string> heads;
  Met met{is_regression ? needs::kValues : needs::kClasses, {}};
  models::FamilyOptions families;
  const auto take = [&](const HeadInfo& info, const std::string& name) {
    if (std::find(heads.begin(), heads.end(), name) != heads.end())
      throw shell::UsageError(fmt::format("head '{}' is named twice", name));
    heads.push_back(name);
    met.needs |= info.meets & ~needs::kLabels;
    if (info.options == nullptr) return;
    for (const models::OptionGroup& group : info.options(families)) {
      for (const dsp::Setting& setting : group.settings) met.own_names.emplace(setting.field.name);
    }
  };
  const bool takes_all = request.heads == std::vector<std::string>{kAllHeads};
  const bool takes_usual = request.heads.empty() && request.named.empty();
  for (const HeadInfo* info : models::heads::all()) {
    if (!takes_all && !(takes_usual && info->is_usual)) continue;
    if (why_not(*info, data, is_regression).empty()) take(*info, std::string(info->name));
  }
  const auto take_named = [&](const char* flag, const std::string& text) {
    const auto head = models::heads::make_head(text);
    const std::string why = why_not(head->info(), data, is_regression);
    if (!why.empty()) throw shell::UsageError(fmt::format("{} {} {}", flag, head->name(), why));
    take(head->info(), head->name());
  };
  if (!takes_all) {
    for (const std::string& name : request.heads) take_named("`heads`", name);
  }
  for (const std::string& text : request.named) take_named("`head`", text);
  if (heads.empty()) {
    throw shell::UsageError(
        "there is nothing to train on; give `spectrograms`, or a table with usable feature columns");
  }
  if (is_regression) refuse_class_scores(request, to_string(data.labels));
  refuse_unneeded(request, met, to_string(data.labels));
  return heads;
}

void check_class_options(const HeadRequest& request, const models::data::LabelScheme& labels) {
  if (labels.is_regression()) return;
  const auto& networks = request.fit.of<recipes::NetworkOptions>();
  const std::string made = fmt::format("`labels` {} makes classes", to_string(labels.config()));
  if (networks.objective == recipes::ObjectiveKind::kRanking) {
    throw shell::UsageError("`objective` ranking needs values, and " + made +
                            "; give `labels` regression or percentile");
  }
  if (needs_values(networks.recipe.stop_metric)) {
    throw shell::UsageError(
        fmt::format("`stop_on` {} is a score of values, and {}", to_string(networks.recipe.stop_metric), made));
  }
  const bool is_ordinal = networks.objective == recipes::ObjectiveKind::kOrdinal;
  const bool needs_order = is_ordinal || networks.recipe.stop_metric == recipes::StopMetric::kQuadraticKappa;
  if (needs_order && !labels.is_ordered()) {
    throw shell::UsageError(fmt::format("{} needs ordered classes, and {} without an order",
                                        is_ordinal ? "`objective` ordinal" : "`stop_on` kappa2", made));
  }
}

}  // namespace hitscope::apps::train
