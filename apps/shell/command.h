// The command line of a verb: options made from described settings (dsp/fields.h), --help, errors that name the flag.
//
// Libraries report fields, never flags: an error that is about a setting carries the field's name (dsp::FieldError), or
// has it in back quotes (`id_column`), and Command puts the flag in its place.
// Thread safety: one Command per process, one thread.
#pragma once

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "apps/shell/verb.h"
#include "dsp/fields.h"

namespace hitscope::apps::shell {

/// An option as text: all that parsing and --help need.
struct Option {
  std::string field;              ///< the setting's name in libraries; "" for none
  std::string flags;              ///< "--sample-rate,--sr"; without dashes: a positional argument
  std::string help;               ///< a phrase; its first letter is small
  std::string value;              ///< what the value is called: "SECONDS"; empty: a switch without a value
  std::string default_text = {};  ///< shown as "(default: …)"
  std::vector<std::pair<std::string, std::string>> choices = {};  ///< names that it may be, each with its help
  bool is_required = false;
  bool is_list = false;       ///< may be given several times
  bool may_be_empty = false;  ///< a list that may be given without any value
  /// Given what stands on the command line; of a switch "true" or "false". Throws dsp::FieldError,
  /// std::invalid_argument.
  std::function<void(const std::vector<std::string>&)> read = {};
};

/// What an argument is called in --help where its description does not say.
template <typename T>
constexpr std::string_view value_name() {
  if constexpr (dsp::Named<T>) return "NAME";
  if constexpr (std::is_same_v<T, std::filesystem::path>) return "PATH";
  if constexpr (std::is_same_v<T, std::chrono::milliseconds>) return "SECONDS";
  if constexpr (std::integral<T>) return "N";
  if constexpr (std::floating_point<T>) return "NUMBER";
  return "TEXT";
}

/// The setting that `text` spells. Throws dsp::FieldError naming field, text and rule.
template <typename T>
T value_from(const dsp::Field& field, const std::string& text) {
  if constexpr (dsp::Named<T>) {
    return dsp::from_string<T>(field.name, text);
  } else if constexpr (std::is_same_v<T, std::chrono::milliseconds>) {
    dsp::Field seconds = field;
    seconds.rule = field.rule.is_any() ? dsp::between(0, 1e6) : field.rule;
    return std::chrono::milliseconds(std::llround(value_from<double>(seconds, text) * 1000.0));
  } else if constexpr (std::is_arithmetic_v<T>) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_number = error == std::errc() && end == text.data() + text.size() && value == value;
    if (is_number && field.rule.allows(static_cast<double>(value))) return value;
    std::string rule = std::integral<T> ? "a whole number" : "a number";
    if (!field.rule.is_any()) rule += (field.rule.words().starts_with("from") ? " " : ", ") + field.rule.words();
    throw dsp::FieldError(field.name, "'" + text + "'", rule);
  } else {
    return T(text);
  }
}

/// The setting as --help shows its default; empty for what says nothing.
template <typename T>
std::string default_text(const T& value) {
  if constexpr (dsp::Named<T>) {
    return std::string(dsp::to_string(value));
  } else if constexpr (std::is_same_v<T, std::chrono::milliseconds>) {
    return default_text(static_cast<double>(value.count()) / 1000.0);
  } else if constexpr (std::is_arithmetic_v<T>) {
    char text[32];
    return {text, std::to_chars(text, text + sizeof text, value).ptr};
  } else if constexpr (std::is_same_v<T, std::string>) {
    return value;
  } else {
    return "";
  }
}

/// "--min-duration" for min_duration.
std::string flag_of(std::string_view field);

/// `text` with every `field` in back quotes replaced by the flag that the process's Command has for it. Without a
/// Command, by the flag that its name gives.
std::string with_flags(const std::string& text);

class Command {
 public:
  /// `name` is what errors begin with ("hitscope train"), `usage` what follows it in the first line of --help.
  Command(std::string name, std::string usage, std::string summary);
  ~Command();
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;

  /// An option for each described setting of `config`, which must outlive run(); those of `only` where it has names.
  /// `group` heads them in --help where a setting names no group of its own.
  template <typename Config>
  void add(std::string_view group, Config& config, const std::vector<std::string_view>& only = {}) {
    Config::describe([&](auto Config::*member, const dsp::Field& field) {
      if (field.flag == "-" || (!only.empty() && std::find(only.begin(), only.end(), field.name) == only.end())) return;
      add(field.group.empty() ? group : field.group, option_of(config.*member, field));
    });
  }
  void add(std::string_view group, Option option);
  /// The text after the options: examples, exit codes.
  void set_footer(std::string text);
  /// Whether the command line gave the option of this setting.
  bool was_given(std::string_view field) const;
  /// `text` with every `field` in back quotes replaced by its flag.
  std::string with_flags(const std::string& text) const;

  /// Parses, runs `verb` and gives the exit code. Prints one line on standard error for whatever is thrown.
  int run(int argc, char** argv, const std::function<ExitCode()>& verb);

  template <typename T>
  static Option option_of(T& target, const dsp::Field& field);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

template <typename T>
Option Command::option_of(T& target, const dsp::Field& field) {
  Option option{.field = std::string(field.name),
                .flags = field.flag.empty() ? flag_of(field.name) : std::string(field.flag),
                .help = std::string(field.help),
                .value = std::string(field.value),
                .is_required = field.is_required};
  const auto name_value = [&]<typename Value>(std::type_identity<Value>) {
    if (option.value.empty()) option.value = value_name<Value>();
    if constexpr (dsp::Named<Value>) {
      for (const auto& row : names_of(Value{})) option.choices.emplace_back(row.name, row.help);
    }
  };
  if constexpr (std::is_same_v<T, bool>) {
    // A switch that is on unless said otherwise is called --no-NAME, unless it has a name of its own.
    if (target && field.flag.empty()) option.flags = "--no-" + flag_of(field.name).substr(2);
    option.value.clear();
    option.read = [&target, off = target](const auto&) { target = !off; };
  } else if constexpr (requires { target.has_value(); }) {
    name_value(std::type_identity<typename T::value_type>{});
    option.read = [&target, field](const auto& words) {
      target = value_from<typename T::value_type>(field, words.back());
    };
  } else if constexpr (requires { target.push_back(target.front()); } && !std::is_same_v<T, std::string>) {
    name_value(std::type_identity<typename T::value_type>{});
    option.is_list = true;
    option.read = [&target, field](const std::vector<std::string>& words) {
      target.clear();
      for (const std::string& word : words) {
        for (std::size_t begin = 0; begin <= word.size();) {
          const std::size_t end = field.is_repeated ? word.size() : std::min(word.find(',', begin), word.size());
          target.push_back(value_from<typename T::value_type>(field, word.substr(begin, end - begin)));
          begin = end + 1;
        }
      }
    };
  } else {
    name_value(std::type_identity<T>{});
    option.default_text = default_text(target);
    option.read = [&target, field](const auto& words) { target = value_from<T>(field, words.back()); };
  }
  return option;
}

}  // namespace hitscope::apps::shell
