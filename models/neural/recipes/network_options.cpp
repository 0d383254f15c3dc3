#include "models/neural/recipes/network_options.h"

#include <utility>

#include "models/preprocessing_options.h"

namespace hitscope::models::neural::recipes {
namespace {

void append(std::vector<dsp::Setting>& all, std::vector<dsp::Setting> more) {
  for (dsp::Setting& setting : more) all.push_back(std::move(setting));
}

}  // namespace

LearningRate LearningRate::from_text(const dsp::Field& field, const std::string& text) {
  if (text == "auto") return {0.0, true};
  if (text.empty()) return {};
  dsp::Field number = field;
  number.rule = dsp::greater_than(0);
  try {
    return {dsp::value_from<double>(number, text), false};
  } catch (const dsp::FieldError&) {
    throw dsp::FieldError(field.name, "'" + text + "'", "a number greater than 0, or auto");
  }
}

std::string LearningRate::text() const {
  if (is_searched) return "auto";
  return value > 0.0 ? dsp::text_of(value) : "";
}

Augmentation NetworkOptions::applied_augmentation(dsp::Scale scale) const {
  Augmentation applied = augment ? augmentation : no_augmentation();
  if (scale != dsp::Scale::kDecibel) applied.gain_db = applied.filter_db = applied.noise_db = 0.0;
  applied.mixup_alpha = augmentation.mixup_alpha;
  return applied;
}

std::vector<OptionGroup> network_option_groups(FamilyOptions& options) {
  auto& networks = options.get<NetworkOptions>();
  std::vector<OptionGroup> groups{{kTrainingHeading, dsp::settings_of(networks)}};
  append(groups[0].settings, dsp::settings_of(options.get<EarlyStopping>()));
  groups.push_back({"Loss and optimiser of networks", dsp::settings_of(networks.recipe)});
  append(groups[1].settings, dsp::settings_of(networks.augmentation));
  return groups;
}

}  // namespace hitscope::models::neural::recipes
