// The settings of any described struct (dsp/fields.h) as a list that can be read from text and written without knowing
// the struct's type.
//
// Command lines, JSON and the refusal of options are made from this list alone, so that their code is not instantiated
// for each struct.
// Thread safety: a Setting refers to the struct it was made from; using it is using that struct.
#pragma once

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "dsp/fields.h"

namespace hitscope::dsp {

/// A setting's value; std::monostate for an empty optional.
using SettingValue = std::variant<std::monostate, bool, std::int64_t, double, std::string, std::vector<std::string>>;

struct Setting {
  Field field;
  std::string value_name;                                    ///< name of the value: "SECONDS"; empty: a switch
  std::vector<std::pair<std::string, std::string>> choices;  ///< names of an enumeration, each with its help
  bool is_list = false;
  bool is_path = false;  ///< the value, or each of the list, is a path
  SettingValue initial;  ///< the value when the list was made
  std::function<SettingValue()> value;
  /// Sets the value from the words of a command line; any word sets a switch to the opposite of its initial value.
  /// Throws FieldError.
  std::function<void(const std::vector<std::string>&)> read;
  std::function<void(const SettingValue&)> assign;  ///< the inverse of value; throws FieldError
};

/// A type with its own text form: T::from_text(field, text), which throws FieldError, and its inverse text().
template <typename T>
concept Textual = requires(const T& value, const Field& field) {
  { T::from_text(field, std::string()) } -> std::same_as<T>;
  { value.text() } -> std::same_as<std::string>;
};
template <typename T>
concept OptionalValue = requires(T value) {
  value.has_value();
  typename T::value_type;
};
template <typename T>
concept ListValue = !std::is_same_v<T, std::string> && !std::is_same_v<T, std::filesystem::path> && requires(T value) {
  value.push_back(value.front());
};

/// The name of a value in --help if its description does not give one.
template <typename T>
constexpr std::string_view value_name() {
  if constexpr (Named<T>) return "NAME";
  if constexpr (std::is_same_v<T, std::filesystem::path>) return "PATH";
  if constexpr (std::is_same_v<T, std::chrono::milliseconds>) return "SECONDS";
  if constexpr (std::integral<T>) return "N";
  if constexpr (std::floating_point<T>) return "NUMBER";
  return "TEXT";
}

/// The value that `text` means. Throws FieldError naming field, text and rule.
template <typename T>
T value_from(const Field& field, const std::string& text) {
  if constexpr (Named<T>) {
    return from_string<T>(field.name, text);
  } else if constexpr (Textual<T>) {
    return T::from_text(field, text);
  } else if constexpr (std::is_same_v<T, std::chrono::milliseconds>) {
    Field seconds = field;
    seconds.rule = field.rule.is_any() ? between(0, 1e6) : field.rule;
    return std::chrono::milliseconds(std::llround(value_from<double>(seconds, text) * 1000.0));
  } else if constexpr (std::is_same_v<T, bool>) {
    if (text == "true" || text == "false") return text == "true";
    throw FieldError(field.name, "'" + text + "'", "true or false");
  } else if constexpr (std::is_arithmetic_v<T>) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_number = error == std::errc() && end == text.data() + text.size() && value == value;
    if (is_number && field.rule.allows(static_cast<double>(value))) return value;
    std::string rule = std::integral<T> ? "a whole number" : "a number";
    if (!field.rule.is_any()) rule += (field.rule.words().starts_with("from") ? " " : ", ") + field.rule.words();
    throw FieldError(field.name, "'" + text + "'", rule);
  } else {
    return T(text);
  }
}

template <typename T>
SettingValue setting_value(const T& value) {
  if constexpr (OptionalValue<T>) {
    return value ? setting_value(*value) : SettingValue();
  } else if constexpr (Named<T>) {
    return std::string(to_string(value));
  } else if constexpr (Textual<T>) {
    return value.text();
  } else if constexpr (std::is_same_v<T, std::chrono::milliseconds>) {
    return static_cast<double>(value.count()) / 1000.0;
  } else if constexpr (std::is_same_v<T, bool>) {
    return value;
  } else if constexpr (std::integral<T>) {
    return static_cast<std::int64_t>(value);
  } else if constexpr (std::floating_point<T>) {
    return static_cast<double>(value);
  } else if constexpr (std::is_same_v<T, std::filesystem::path>) {
    return value.string();
  } else if constexpr (ListValue<T>) {
    std::vector<std::string> texts;
    for (const auto& item : value) texts.push_back(std::get<std::string>(setting_value(item)));
    return texts;
  } else {
    return std::string(value);
  }
}

/// The value as text that value_from can read; lists with commas.
std::string text_of(const SettingValue& value);

template <typename T>
void assign_setting(T& target, const Field& field, const SettingValue& value) {
  if constexpr (OptionalValue<T>) {
    if (std::holds_alternative<std::monostate>(value)) {
      target.reset();
    } else {
      target.emplace();
      assign_setting(*target, field, value);
    }
  } else if constexpr (ListValue<T>) {
    target.clear();
    for (const std::string& item : std::get<std::vector<std::string>>(value)) {
      target.push_back(value_from<typename T::value_type>(field, item));
    }
  } else {
    target = value_from<T>(field, text_of(value));
  }
}

/// Sets a list from words, each of which is one value or several with commas (see Field::is_repeated).
template <ListValue T>
void read_list(T& target, const Field& field, const std::vector<std::string>& words) {
  target.clear();
  for (const std::string& word : words) {
    for (std::size_t begin = 0; begin <= word.size();) {
      const std::size_t end = field.is_repeated ? word.size() : std::min(word.find(',', begin), word.size());
      target.push_back(value_from<typename T::value_type>(field, word.substr(begin, end - begin)));
      begin = end + 1;
    }
  }
}

template <typename T>
Setting setting_of(T& target, const Field& field) {
  Setting setting;
  setting.field = field;
  setting.value_name = std::string(field.value);
  const auto name_value = [&]<typename Value>(std::type_identity<Value>) {
    setting.is_path = std::is_same_v<Value, std::filesystem::path>;
    if (setting.value_name.empty()) setting.value_name = value_name<Value>();
    if constexpr (Named<Value>) {
      for (const auto& row : names_of(Value{})) setting.choices.emplace_back(row.name, row.help);
    }
  };
  setting.initial = setting_value(target);
  setting.value = [&target] { return setting_value(target); };
  setting.assign = [&target, field](const SettingValue& value) { assign_setting(target, field, value); };
  if constexpr (std::is_same_v<T, bool>) {
    setting.value_name.clear();
    setting.read = [&target, off = target](const auto&) { target = !off; };
  } else if constexpr (OptionalValue<T>) {
    using Value = typename T::value_type;
    name_value(std::type_identity<Value>{});
    setting.read = [&target, field](const auto& words) { target = value_from<Value>(field, words.back()); };
  } else if constexpr (ListValue<T>) {
    using Value = typename T::value_type;
    name_value(std::type_identity<Value>{});
    setting.is_list = true;
    setting.read = [&target, field](const auto& words) { read_list(target, field, words); };
  } else {
    name_value(std::type_identity<T>{});
    setting.read = [&target, field](const auto& words) { target = value_from<T>(field, words.back()); };
  }
  return setting;
}

/// The settings of `config`, which must outlive them, in the order of their description.
template <typename Config>
std::vector<Setting> settings_of(Config& config) {
  std::vector<Setting> settings;
  Config::describe(
      [&](auto Config::*member, const Field& field) { settings.push_back(setting_of(config.*member, field)); });
  return settings;
}

}  // namespace hitscope::dsp
