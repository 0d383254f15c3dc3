#include "models/classical/present_classes.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "dsp/json.h"

namespace hitscope::models::classical {

PresentClasses::PresentClasses(std::span<const int> targets, int n_classes)
    : of_(static_cast<std::size_t>(n_classes), -1) {
  std::vector<bool> seen(of_.size(), false);
  for (const int target : targets) seen[static_cast<std::size_t>(target)] = true;
  for (int c = 0; c < n_classes; ++c) {
    if (!seen[static_cast<std::size_t>(c)]) continue;
    of_[static_cast<std::size_t>(c)] = static_cast<int>(classes_.size());
    classes_.push_back(c);
  }
}

PresentClasses PresentClasses::all(int n_classes) {
  PresentClasses result;
  for (int c = 0; c < n_classes; ++c) {
    result.classes_.push_back(c);
    result.of_.push_back(c);
  }
  return result;
}

PresentClasses PresentClasses::from_json(const std::string& text) {
  const auto json = dsp::parse_json<nlohmann::json>(text);
  PresentClasses result;
  const int n_classes = json.at("n_classes").get<int>();
  if (n_classes < 2 || n_classes > 1'000'000) throw std::runtime_error("n_classes is out of range");
  result.classes_ = json.at("present").get<std::vector<int>>();
  result.of_.assign(static_cast<std::size_t>(n_classes), -1);
  int last = -1;
  for (std::size_t i = 0; i < result.classes_.size(); ++i) {
    const int c = result.classes_[i];
    if (c <= last || c >= n_classes) throw std::runtime_error("the classes are not rising numbers below n_classes");
    last = c;
    result.of_[static_cast<std::size_t>(c)] = static_cast<int>(i);
  }
  return result;
}

std::string PresentClasses::to_json() const {
  return nlohmann::json{{"n_classes", of_.size()}, {"present", classes_}}.dump() + "\n";
}

std::vector<double> PresentClasses::widened(std::vector<double> probabilities, std::size_t n_rows) const {
  if (are_all()) return probabilities;
  std::vector<double> all(n_rows * of_.size(), 0.0);
  for (std::size_t row = 0; row < n_rows; ++row) {
    for (std::size_t i = 0; i < classes_.size(); ++i) {
      all[row * of_.size() + static_cast<std::size_t>(classes_[i])] = probabilities[row * classes_.size() + i];
    }
  }
  return all;
}

}  // namespace hitscope::models::classical
