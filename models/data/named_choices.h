// Names of an enumeration's values, as flags and JSON have them. Internal to models.
// Thread safety: free functions without shared state.
#pragma once

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>

namespace hitscope::models::data {

/// names[i] is the name of the value i.
template <typename Choice, std::size_t n>
Choice choice_named(const char* field, std::string_view name, const std::array<std::string_view, n>& names) {
  std::string choices;
  for (std::size_t i = 0; i < n; ++i) {
    if (names[i] == name) return static_cast<Choice>(i);
    choices += (i == 0 ? "" : ", ") + std::string(names[i]);
  }
  throw std::invalid_argument(std::string(field) + " is '" + std::string(name) + "'; it must be one of " + choices);
}

}  // namespace hitscope::models::data
