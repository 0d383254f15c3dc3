#include "models/data/value_scale.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace hitscope::models {

ValueScale ValueScale::fit(std::span<const double> values, const TrainingFold& fold) {
  const auto rows = fold.train_rows();
  const auto n = static_cast<double>(rows.size());
  ValueScale scale;
  for (const std::size_t row : rows) scale.mean_ += values[row] / n;
  double variance = 0.0;
  for (const std::size_t row : rows) variance += std::pow(values[row] - scale.mean_, 2) / n;
  if (variance > 0.0) scale.scale_ = std::sqrt(variance);
  return scale;
}

std::vector<double> ValueScale::standardised(std::span<const double> values) const {
  std::vector<double> result(values.begin(), values.end());
  for (double& value : result) value = (value - mean_) / scale_;
  return result;
}

std::string ValueScale::to_json() const {
  return nlohmann::ordered_json{{"mean", mean_}, {"scale", scale_}}.dump(2) + "\n";
}

ValueScale ValueScale::from_json(const std::string& text) try {
  const auto j = nlohmann::json::parse(text);
  ValueScale scale;
  scale.mean_ = j.at("mean");
  scale.scale_ = j.at("scale");
  if (!std::isfinite(scale.mean_) || !std::isfinite(scale.scale_) || scale.scale_ <= 0.0) {
    throw std::runtime_error("mean and scale must be finite, scale over 0");
  }
  return scale;
} catch (const nlohmann::json::exception& e) {
  throw std::runtime_error(std::string("not the scale of a target: ") + e.what());
}

}  // namespace hitscope::models
