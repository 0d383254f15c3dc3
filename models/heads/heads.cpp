#include "models/heads/heads.h"

#include <algorithm>
#include <stdexcept>

#include "models/classical/bayes/bayes_heads.h"
#include "models/classical/ensembles/ensembles.h"
#include "models/classical/kernels/svm.h"
#include "models/classical/linear/linear_heads.h"
#include "models/classical/neighbours/knn.h"
#include "models/classical/trees/tree_head.h"
#include "models/head_name.h"
#include "models/neural/mlp_head.h"
#include "models/neural/spectrogram_head.h"

namespace hitscope::models::heads {
namespace {

std::vector<const HeadInfo*> listed() {
  std::vector<const HeadInfo*> heads;
  for (const HeadInfo& info : neural::spectrogram_heads()) heads.push_back(&info);
  heads.push_back(&neural::kMlp);
  for (const auto more : {classical::trees::heads(), classical::linear::heads(), classical::bayes::heads(),
                          classical::neighbours::heads(), classical::kernels::heads(), classical::ensembles::heads()}) {
    heads.insert(heads.end(), more.begin(), more.end());
  }
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
  const std::string plain = HeadName::parse(name).head;
  std::vector<std::string> known;
  for (const HeadInfo* info : all()) {
    if (info->name == plain) return *info;
    known.emplace_back(info->name);
  }
  const std::string similar = most_similar(plain, known);
  throw std::invalid_argument("head '" + plain + "' is unknown; " +
                              (similar.empty() ? "" : "did you mean '" + similar + "'? ") + "It must be one of " +
                              names_of_heads([](const HeadInfo&) { return true; }));
}

std::unique_ptr<Head> make_head(std::string_view name) {
  std::unique_ptr<Head> head = head_named(name).make();
  set_parameters(*head, HeadName::parse(name).parameters);
  return head;
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
