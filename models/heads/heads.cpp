#include "models/heads/heads.h"

#include <algorithm>
#include <stdexcept>

#include "models/classical/logistic_head.h"
#include "models/classical/ridge_head.h"
#include "models/classical/tree_head.h"
#include "models/neural/mlp_head.h"
#include "models/neural/spectrogram_head.h"

namespace hitscope::models::heads {
namespace {

std::vector<const HeadInfo*> listed() {
  std::vector<const HeadInfo*> heads;
  for (const HeadInfo& info : neural::spectrogram_heads()) heads.push_back(&info);
  heads.insert(heads.end(), {&neural::kMlp, &classical::kRandomForest, &classical::kBoostedTrees, &classical::kLogistic,
                             &classical::kRidge});
  return heads;
}

void add(std::vector<OptionGroup>& groups, OptionGroup more) {
  const auto same = [&](const OptionGroup& group) { return group.heading == more.heading; };
  const auto found = std::find_if(groups.begin(), groups.end(), same);
  if (found == groups.end()) {
    groups.push_back(std::move(more));
    return;
  }
  for (dsp::Setting& setting : more.settings) {
    const bool is_there = std::any_of(found->settings.begin(), found->settings.end(),
                                      [&](const dsp::Setting& s) { return s.field.name == setting.field.name; });
    if (!is_there) found->settings.push_back(std::move(setting));
  }
}

}  // namespace

std::span<const HeadInfo* const> all() {
  static const std::vector<const HeadInfo*> heads = listed();
  return heads;
}

const HeadInfo& head_named(std::string_view name) {
  for (const HeadInfo* info : all()) {
    if (info->name == name) return *info;
  }
  throw std::invalid_argument("head '" + std::string(name) + "' is unknown; it must be one of " +
                              names_of_heads([](const HeadInfo&) { return true; }));
}

std::unique_ptr<Head> make_head(std::string_view name) {
  return head_named(name).make();
}

std::string names_of_heads(bool (*is_wanted)(const HeadInfo&)) {
  std::string names;
  for (const HeadInfo* info : all()) {
    if (is_wanted(*info)) names += (names.empty() ? "" : ", ") + std::string(info->name);
  }
  return names;
}

std::vector<OptionGroup> option_groups(FamilyOptions& options) {
  std::vector<OptionGroup> groups;
  for (const HeadInfo* info : all()) {
    if (info->options == nullptr) continue;
    for (OptionGroup& group : info->options(options)) add(groups, std::move(group));
  }
  return groups;
}

}  // namespace hitscope::models::heads
