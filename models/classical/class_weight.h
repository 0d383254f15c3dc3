// The parameter class_weight of heads for classes.
// Thread safety: a plain value.
#pragma once

#include <charconv>
#include <string>
#include <vector>

#include "dsp/fields.h"

namespace hitscope::models::classical {

/// "none", "balanced" (n_rows / (n_classes * rows of the class)), or a weight per class in their order, "1-5".
struct ClassWeight {
  bool is_balanced = false;
  std::vector<double> given;

  static ClassWeight from_text(const dsp::Field& field, const std::string& text) {
    ClassWeight result;
    if (text == "none") return result;
    result.is_balanced = text == "balanced";
    if (result.is_balanced) return result;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (true) {
      double weight = 0.0;
      const auto [next, error] = std::from_chars(at, end, weight);
      if (error != std::errc() || !(weight >= 0.0) || weight > 1e9 || (next != end && *next != '-')) {
        throw dsp::FieldError(field.name, "'" + text + "'", "none, balanced, or a weight per class as 1-5");
      }
      result.given.push_back(weight);
      if (next == end) return result;
      at = next + 1;
    }
  }
  std::string text() const {
    if (is_balanced) return "balanced";
    std::string result;
    for (const double weight : given) {
      char digits[32];
      result += (result.empty() ? "" : "-") + std::string(digits, std::to_chars(digits, digits + 32, weight).ptr);
    }
    return result.empty() ? "none" : result;
  }
  friend bool operator==(const ClassWeight&, const ClassWeight&) = default;
};

}  // namespace hitscope::models::classical
