#include "apps/shell/description.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace hitscope::apps::shell {
namespace {

using Json = nlohmann::ordered_json;

Json described(const Option& option) {
  Json flags = Json::array();
  for (std::size_t at = 0; option.flags.starts_with('-') && at < option.flags.size();) {
    const std::size_t end = std::min(option.flags.find(',', at), option.flags.size());
    flags.push_back(option.flags.substr(at, end - at));
    at = end + 1;
  }
  Json choices = Json::array();
  for (const auto& [name, help] : option.choices) choices.push_back({{"name", name}, {"help", help}});
  return {{"flags", flags},
          {"usage", usage_of(option)},
          {"words", words_of(option)},
          {"value", option.value},
          {"choices", choices},
          {"is_list", option.is_list},
          {"takes_paths", static_cast<bool>(option.paths)}};
}

std::string version_text(const std::vector<dsp::LibraryVersion>& libraries) {
  std::string text;
  for (const auto& [name, version] : libraries) {
    text.append(text.empty() ? "" : ", ").append(name).append(" ").append(version);
  }
  return std::string("hitscope " HITSCOPE_VERSION "\n") + (text.empty() ? "" : text + "\n");
}

}  // namespace

std::string description_json(const HelpPage& page, const std::vector<dsp::LibraryVersion>& libraries) {
  Json json{{"version", HITSCOPE_VERSION}, {"usage", page.usage}, {"summary", page.summary}, {"groups", Json::array()}};
  for (const auto& [heading, options] : page.groups) {
    Json group{{"heading", heading.empty() ? "Arguments" : heading}, {"options", Json::array()}};
    for (const Option& option : options) group["options"].push_back(described(option));
    json["groups"].push_back(std::move(group));
  }
  json["footer"] = page.footer;
  json["libraries"] = Json::object();
  for (const auto& [name, version] : libraries) json["libraries"][name] = version;
  return json.dump(1) + "\n";
}

std::optional<std::string> information(const std::vector<std::string>& words, HelpPage page,
                                       const std::vector<LibraryList>& libraries) {
  const auto is_asked = [&](const char* flag) { return std::find(words.begin(), words.end(), flag) != words.end(); };
  const bool help = is_asked("-h") || is_asked("--help");
  const bool describe = is_asked("--describe");
  if (!help && !describe && !is_asked("--version")) return std::nullopt;
  page.add_common();
  if (help) return help_text(page, terminal_width());
  std::vector<dsp::LibraryVersion> versions;
  for (const LibraryList list : libraries) {
    for (dsp::LibraryVersion& library : list()) versions.push_back(std::move(library));
  }
  return describe ? description_json(page, versions) : version_text(versions);
}

}  // namespace hitscope::apps::shell
