#include "models/data/value_scale.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <stdexcept>

#include "dsp/json.h"

namespace hitscope::models::data {

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

ValueScale ValueScale::line(std::span<const double> scores, std::span<const double> values) {
  const auto n = static_cast<double>(scores.size());
  const double mean_score = std::accumulate(scores.begin(), scores.end(), 0.0) / n;
  const double mean_value = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double together = 0.0;
  double variance = 0.0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    together += (scores[i] - mean_score) * (values[i] - mean_value);
    variance += std::pow(scores[i] - mean_score, 2);
  }
  constexpr double kLeastSlope = 1e-9;  // the order stays the scores', even where they say nothing of values
  ValueScale scale;
  scale.scale_ = variance > 0.0 ? std::max(kLeastSlope, together / variance) : 1.0;
  scale.mean_ = mean_value - scale.scale_ * mean_score;
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
  const auto j = dsp::parse_json<nlohmann::json>(text);
  ValueScale scale;
  scale.mean_ = j.at("mean");
  scale.scale_ = j.at("scale");
  if (!std::isfinite(scale.mean_) || !std::isfinite(scale.scale_) || scale.scale_ <= 0.0) {
    throw std::runtime_error("mean and scale must be finite, and the scale greater than 0");
  }
  return scale;
} catch (const nlohmann::json::exception& e) {
  throw std::runtime_error(std::string("not the scale of a target: ") + e.what());
}

}  // namespace hitscope::models::data
