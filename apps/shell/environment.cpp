#include "apps/shell/environment.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>

#include "apps/shell/verb.h"

namespace hitscope::apps::shell {

Environment process_environment() {
  return [](const char* name) -> const char* { return std::getenv(name); };
}

std::optional<int> whole_number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::string> environment_text(const Environment& environment, const char* name) {
  const char* text = environment(name);
  if (text == nullptr || *text == '\0') return std::nullopt;
  return text;
}

std::optional<int> environment_number(const Environment& environment, const char* name) {
  const auto text = environment_text(environment, name);
  if (!text) return std::nullopt;
  const auto value = whole_number(*text);
  if (!value) throw UsageError(fmt::format("{} is '{}'; it must be a whole number", name, *text));
  return value;
}

std::optional<std::string> proxy_variable(const Environment& environment) {
  for (const char* name : {"no_proxy", "NO_PROXY"}) {
    if (environment_text(environment, name) == "*") return std::nullopt;
  }
  for (const char* name : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
    if (environment_text(environment, name)) return name;
  }
  return std::nullopt;
}

}  // namespace hitscope::apps::shell
