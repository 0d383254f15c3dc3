#include "apps/heads/heads_run.h"

#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>
#include <vector>

#include "apps/shell/command.h"
#include "apps/shell/help.h"
#include "apps/shell/text_table.h"
#include "models/heads/heads.h"

namespace hitscope::apps::heads {
namespace {

using models::HeadInfo;
using models::HeadInput;
using nlohmann::ordered_json;

std::string learns(const HeadInfo& info) {
  if (info.learns_classes() && info.learns_values()) return "classes, values";
  return info.learns_classes() ? "classes" : "values";
}

std::string reads(const HeadInfo& info) {
  if (info.input == HeadInput::kBoth) return "spectrograms and table";
  return info.input == HeadInput::kTable ? "table" : "spectrograms";
}

ordered_json json_of(const HeadInfo& info) {
  ordered_json parameters = ordered_json::array();
  const auto head = info.make();
  for (const dsp::Setting& setting : head->parameters()) {
    ordered_json choices = ordered_json::array();
    for (const auto& [name, help] : setting.choices) choices.push_back(name);
    parameters.push_back({{"name", setting.field.name},
                          {"default", dsp::text_of(setting.initial)},
                          {"rule", setting.field.rule.words()},
                          {"choices", choices},
                          {"help", setting.field.help}});
  }
  return {{"name", info.name},
          {"summary", info.summary},
          {"learns_classes", info.learns_classes()},
          {"learns_values", info.learns_values()},
          {"reads", reads(info)},
          {"is_usual", info.is_usual},
          {"parameters", parameters}};
}

void print_list() {
  std::vector<std::vector<std::string>> cells{{"head", "learns", "from", "what it is"}};
  for (const HeadInfo* info : models::heads::all()) {
    cells.push_back({std::string(info->name) + (info->is_usual ? "" : " *"), learns(*info), reads(*info),
                     std::string(info->summary)});
  }
  std::cout << shell::text_table(cells)
            << "\n* is trained where it is named only: train --heads knn,logistic, or --heads all.\n"
               "hitscope heads NAME explains one; parameters are given as train --head NAME:PARAMETER=VALUE,...\n";
}

/// "n_neighbors=N", or of a choice its names.
std::string usage_of(const dsp::Setting& setting) {
  const std::string value = std::holds_alternative<bool>(setting.initial) ? "true|false" : setting.value_name;
  return fmt::format("{}={}", setting.field.name, value);
}

std::string words_of(const dsp::Setting& setting) {
  std::string words(setting.field.help);
  for (const auto& [name, help] : setting.choices) {
    words += (&name == &setting.choices.front().first ? ": " : ", ") + name + (help.empty() ? "" : " (" + help + ")");
  }
  if (!setting.field.rule.is_any()) words += "; " + setting.field.rule.words();
  const std::string initial = dsp::text_of(setting.initial);
  return words + fmt::format(" (default: {})", initial.empty() ? "none" : initial);
}

void print_one(const HeadInfo& info) {
  const int width = shell::terminal_width();
  std::cout << shell::wrapped(fmt::format("{}: {}", info.name, info.summary), width, 0, 0)
            << fmt::format("learns {} from {}\n", learns(info), reads(info));
  const auto head = info.make();
  const std::vector<dsp::Setting> settings = head->parameters();
  if (settings.empty()) {
    std::cout << "\nIt has no parameters of its own; options of train set it: hitscope train --help\n";
    return;
  }
  std::cout << fmt::format("\nParameters, as train --head {}:{}={}\n", info.name, settings.front().field.name,
                           dsp::text_of(settings.front().initial));
  constexpr int kColumn = 30;
  for (const dsp::Setting& setting : settings) {
    std::string line = "  " + usage_of(setting);
    line += line.size() + 2 > kColumn ? "\n" + std::string(kColumn, ' ') : std::string(kColumn - line.size(), ' ');
    std::cout << line << shell::wrapped(words_of(setting), width, kColumn, kColumn);
  }
}

}  // namespace

shell::ExitCode run_heads(const HeadsRunConfig& config) {
  if (config.json) {
    for (const HeadInfo* info : models::heads::all()) {
      if (config.head.empty() || info->name == config.head) std::cout << json_of(*info).dump() << '\n';
    }
  }
  if (!config.head.empty()) {
    const HeadInfo& info = models::heads::head_named(config.head);
    if (!config.json) print_one(info);
  } else if (!config.json) {
    print_list();
  }
  return shell::ExitCode::kAllFine;
}

}  // namespace hitscope::apps::heads
