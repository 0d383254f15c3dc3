// numpy.quantile(method="linear") to the last digit, and numbers as short text.
// Thread safety: free functions without shared state.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace hitscope::models::data {

/// The quantile `q`, 0..1, of `sorted` [n_values], at least one value in rising order. Like NumPy it interpolates from
/// the nearer neighbour, which is exact at both ends.
inline double quantile(std::span<const double> sorted, double q) {
  const double at = static_cast<double>(sorted.size() - 1) * q;
  const auto below = static_cast<std::size_t>(std::floor(at));
  if (below + 1 >= sorted.size()) return sorted.back();
  const double t = at - std::floor(at);
  const double step = sorted[below + 1] - sorted[below];
  return t < 0.5 ? sorted[below] + step * t : sorted[below + 1] - step * (1.0 - t);
}

/// numpy.median of `sorted` [n_values], at least one value in rising order: for an even number the mean of the middle
/// two.
inline double median(std::span<const double> sorted) {
  const std::size_t half = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[half] : 0.5 * (sorted[half - 1] + sorted[half]);
}

/// The same of values in any order.
inline double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return median(values);
}

/// Shortest text that reads back as the same number: "34", "0.1", "1e+300".
inline std::string number_text(double value) {
  // Of 100000, "1e+05" would be shorter.
  const auto format = std::abs(value) < 1e15 && (value == 0.0 || std::abs(value) >= 1e-5)
                          ? std::chars_format::fixed
                          : std::chars_format::scientific;
  char text[64];
  const auto [end, error] = std::to_chars(text, text + sizeof text, value + 0.0, format);
  return {text, end};
}

/// The same rounded to ten digits, so that messages say 87.02 and not 87.02000000000044.
inline std::string short_number_text(double value) {
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof text, value + 0.0, std::chars_format::general, 10);
  double rounded = value;
  std::from_chars(text, end, rounded);
  return number_text(rounded);
}

}  // namespace hitscope::models::data
