// JSON from outside, read within limits.
//
// nlohmann-json reads any depth, keeps the last of equal keys, and prints and compares by recursion: text of a stranger
// could overflow the stack of whoever prints it, or mean one thing to one reader and another to the next. Every file
// and message that may come from elsewhere is read here.
// Thread safety: free functions without shared state.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

namespace hitscope::dsp {

struct JsonLimits {
  std::size_t max_bytes = std::size_t{16} << 20U;  ///< longest text
  int max_depth = 64;                              ///< most brackets open at once
};

/// Text that is not JSON, or beyond the limits. The message says what and where, e.g. "is not JSON: at byte 7 …".
struct JsonError : std::runtime_error {
  explicit JsonError(const std::string& what, std::size_t at_byte = 0) : std::runtime_error(what), byte(at_byte) {}
  std::size_t byte;  ///< where the text ceases to be JSON, counted from 1; 0 for what breaks a limit
};

/// Parses `text` as nlohmann::json or nlohmann::ordered_json. Throws JsonError for text that is not JSON, longer or
/// deeper than the limits, or that has a key twice in one object.
template <typename Json>
Json parse_json(std::string_view text, const JsonLimits& limits = {});

extern template nlohmann::json parse_json(std::string_view text, const JsonLimits& limits);
extern template nlohmann::ordered_json parse_json(std::string_view text, const JsonLimits& limits);

}  // namespace hitscope::dsp
