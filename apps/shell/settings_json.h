// Described settings (dsp/fields.h) as JSON objects: run.json, render.json.
// Thread safety: free functions without shared state.
#pragma once

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "dsp/fields.h"

namespace hitscope::apps::shell {

template <typename T>
nlohmann::ordered_json value_json(const T& value) {
  if constexpr (dsp::Named<T>) {
    return dsp::to_string(value);
  } else if constexpr (requires { value.has_value(); }) {
    return value ? value_json(*value) : nlohmann::ordered_json(nullptr);
  } else if constexpr (std::is_same_v<T, std::filesystem::path>) {
    return value.string();
  } else if constexpr (std::is_same_v<T, std::chrono::milliseconds>) {
    return static_cast<double>(value.count()) / 1000.0;
  } else {
    return value;
  }
}

template <typename T>
T value_from_json(std::string_view key, const nlohmann::json& json) {
  if constexpr (dsp::Named<T>) {
    return dsp::from_string<T>(key, json.get<std::string>());
  } else if constexpr (requires(T value) { value.has_value(); }) {
    return json.is_null() ? T() : T(value_from_json<typename T::value_type>(key, json));
  } else {
    return json.get<T>();
  }
}

/// The settings that results depend on, by name, in their order.
template <typename Config>
nlohmann::ordered_json settings_json(const Config& config) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  Config::describe([&](auto Config::*member, const dsp::Field& field) {
    if (field.is_identity) json[std::string(field.name)] = value_json(config.*member);
  });
  return json;
}

/// Fills `config` with what settings_json wrote. Throws nlohmann::json::exception where a setting is missing or of
/// another type, dsp::FieldError where it is a name that there is not.
template <typename Config>
void read_settings(const nlohmann::json& json, Config& config) {
  Config::describe([&](auto Config::*member, const dsp::Field& field) {
    if (!field.is_identity) return;
    using T = std::remove_cvref_t<decltype(config.*member)>;
    config.*member = value_from_json<T>(field.name, json.at(std::string(field.name)));
  });
}

}  // namespace hitscope::apps::shell
