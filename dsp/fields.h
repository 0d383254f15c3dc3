// Settings described once, beside their fields: name, rule, help, and what they need to have an effect.
//
// A config struct has a static member template `describe(visit)` that calls visit(&Config::member, Field{...}) for each
// of its settings. The command line, --help, validate(), run.json and render.json are all made from that. An
// enumeration that a setting may hold has one table of names, found by argument-dependent lookup:
//   constexpr auto names_of(Window) { return std::to_array<Name<Window>>({{Window::kHann, "hann"}, ...}); }
// Thread safety: plain values and free functions without shared state.
#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <limits>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

namespace hitscope::dsp {

/// The name of an enumeration's value on the command line and in files, with a short help text.
template <typename E>
struct Name {
  E value;
  std::string_view name;
  std::string_view help{};
};

template <typename E>
concept Named = std::is_enum_v<E> && requires(E e) {
  names_of(e);
};

/// The name of `value`. Throws std::logic_error for a value that is not in its table.
template <Named E>
constexpr std::string_view to_string(E value) {
  for (const auto& row : names_of(E{})) {
    if (row.value == value) return row.name;
  }
  throw std::logic_error("an enumeration's table of names lacks a value");
}

/// All names of an enumeration: "a, b, c".
template <Named E>
std::string choices_of() {
  std::string text;
  for (const auto& row : names_of(E{})) text += (text.empty() ? "" : ", ") + std::string(row.name);
  return text;
}

/// A setting that breaks its rule. what() is "FIELD is VALUE; it must be RULE".
class FieldError : public std::invalid_argument {
 public:
  FieldError(std::string_view field, std::string_view value, std::string_view rule)
      : std::invalid_argument(std::string(field) + " is " + std::string(value) + "; it must be " + std::string(rule)),
        field_(field) {}
  /// The name in the struct's description, from which the command line's name may differ.
  const std::string& field() const { return field_; }

 private:
  std::string field_;
};

/// The value called `name`; nullopt if there is none.
template <Named E>
constexpr std::optional<E> value_named(std::string_view name) {
  for (const auto& row : names_of(E{})) {
    if (row.name == name) return row.value;
  }
  return std::nullopt;
}

/// The value called `name`. Throws FieldError naming `field` and the choices.
template <Named E>
E from_string(std::string_view field, std::string_view name) {
  if (const auto value = value_named<E>(name)) return *value;
  throw FieldError(field, "'" + std::string(name) + "'", "one of " + choices_of<E>());
}

/// The numbers that a setting may have.
struct Rule {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool without_low = false;  ///< `low` itself is not allowed

  bool allows(double value) const { return value <= high && (without_low ? value > low : value >= low); }
  bool is_any() const { return low == -std::numeric_limits<double>::infinity() && high == -low; }
  /// The rule in words: "at least 1", "greater than 0 and at most 10", "from 0 to 1"; empty for any number.
  std::string words() const {
    std::ostringstream text;
    text.precision(10);
    if (low > -std::numeric_limits<double>::infinity() && high < std::numeric_limits<double>::infinity()) {
      without_low ? text << "greater than " << low << " and at most " << high
                  : text << "from " << low << " to " << high;
    } else if (low > -std::numeric_limits<double>::infinity()) {
      text << (without_low ? "greater than " : "at least ") << low;
    } else if (high < std::numeric_limits<double>::infinity()) {
      text << "at most " << high;
    }
    return text.str();
  }
};
constexpr Rule between(double low, double high) {
  return {.low = low, .high = high};
}
constexpr Rule at_least(double low) {
  return {.low = low};
}
constexpr Rule greater_than(double low) {
  return {.low = low, .without_low = true};
}

/// One setting of a config struct.
struct Field {
  std::string_view name;       ///< name in files; on the command line '-' replaces '_'
  std::string_view help{};     ///< a phrase: what the value is, its unit, and the default's meaning
  std::string_view value{};    ///< name of the value in --help, e.g. "SECONDS"; empty: by its type
  Rule rule{};                 ///< rule for numbers
  std::string_view implied{};  ///< value of an option that is given without one; empty: it needs one
  unsigned needs = 0;          ///< what the setting needs to have an effect; bits named by the struct's folder
  bool is_identity = true;     ///< whether results depend on it, so that it belongs in run.json
  bool is_limit = false;       ///< only says how long to go on at most: a run may continue with another value
  std::string_view flag{};     ///< flags if other than the name: "--sample-rate,--sr"; "-": none
  std::string_view group{};    ///< heading in --help; empty: that of the struct
  bool is_repeated = false;    ///< a list whose option takes one value each time, not several with commas
  bool is_required = false;
  bool is_output = false;      ///< a path that is written, not read
  bool may_be_absent = false;  ///< left out of files where it has its default, as earlier versions did not know it
};

/// Throws FieldError for the first setting that breaks its rule or is NaN. Rules of durations are in seconds.
template <typename Config>
void check_fields(const Config& config) {
  const auto check = [](const Field& field, auto value) {
    if (field.rule.allows(static_cast<double>(value)) && value == value) return;
    std::ostringstream text;
    text << value;
    throw FieldError(field.name, text.str(), field.rule.is_any() ? "a number" : field.rule.words());
  };
  Config::describe([&](auto Config::*member, const Field& field) {
    using T = std::remove_cvref_t<decltype(config.*member)>;
    if constexpr (std::is_arithmetic_v<T>) {
      check(field, config.*member);
    } else if constexpr (requires { (config.*member).count(); }) {
      check(field, std::chrono::duration<double>(config.*member).count());
    } else if constexpr (requires { (config.*member).has_value(); }) {
      if constexpr (std::is_arithmetic_v<typename T::value_type>) {
        if (config.*member) check(field, *(config.*member));
      }
    }
  });
}

}  // namespace hitscope::dsp
