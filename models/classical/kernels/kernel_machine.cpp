#include "models/classical/kernels/kernel_machine.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include "models/data/parallel.h"

namespace hitscope::models::classical::kernels {
namespace {

std::optional<double> number_in(const std::string& text) {
  double number = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

Gamma Gamma::from_text(const dsp::Field& field, const std::string& text) {
  const auto number = number_in(text);
  if (text == "scale" || text == "auto" || (number && *number > 0.0 && *number < 1e9)) return {text};
  throw dsp::FieldError(field.name, "'" + text + "'", "scale, auto, or a number above 0");
}

double Gamma::of(const data::Matrix& rows) const {
  const auto n_columns = static_cast<double>(rows.n_columns);
  if (const auto number = number_in(words)) return *number;
  if (words == "auto") return 1.0 / n_columns;
  double mean = 0.0;
  for (const float v : rows.values) mean += static_cast<double>(v) / static_cast<double>(rows.values.size());
  double variance = 0.0;
  for (const float v : rows.values) {
    const double from_mean = static_cast<double>(v) - mean;
    variance += from_mean * from_mean / static_cast<double>(rows.values.size());
  }
  return variance > 0.0 ? 1.0 / (n_columns * variance) : 1.0;
}

std::vector<double> KernelMachine::outputs(const data::Matrix& x, const KernelParameters& parameters,
                                           int n_threads) const {
  const KernelFunction function(support, parameters.kernel, gamma, parameters.degree, parameters.coef0);
  const std::size_t n = support.n_rows;
  std::vector<double> z(x.n_rows * n_outputs());
  data::in_blocks(
      x.n_rows, n_threads,
      [&](std::size_t begin, std::size_t end) {
        std::vector<float> kernel(n);
        for (std::size_t row = begin; row < end; ++row) {
          function.with_all(x.values.data() + row * x.n_columns, kernel.data());
          for (std::size_t o = 0; o < n_outputs(); ++o) {
            const double* factors = coefficients.data() + o * n;
            double sum = intercept[o];
            for (std::size_t i = 0; i < n; ++i) sum += factors[i] * static_cast<double>(kernel[i]);
            z[row * n_outputs() + o] = sum;
          }
        }
      },
      64);
  return z;
}

void KernelMachine::drop_unused() {
  const std::size_t n = support.n_rows;
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t o = 0; o < n_outputs(); ++o) {
      if (coefficients[o * n + i] == 0.0) continue;
      kept.push_back(i);
      break;
    }
  }
  if (kept.empty() && n > 0) kept.push_back(0);
  KernelMachine smaller{{kept.size(), support.n_columns, {}}, {}, intercept, gamma};
  for (const std::size_t i : kept) {
    const float* row = support.values.data() + i * support.n_columns;
    smaller.support.values.insert(smaller.support.values.end(), row, row + support.n_columns);
  }
  for (std::size_t o = 0; o < n_outputs(); ++o) {
    for (const std::size_t i : kept) smaller.coefficients.push_back(coefficients[o * n + i]);
  }
  *this = std::move(smaller);
}

Learned KernelMachine::learned() const {
  const auto n = static_cast<std::int64_t>(support.n_rows);
  const auto k = static_cast<std::int64_t>(n_outputs());
  Learned result;
  result.arrays["support"] = {{n, static_cast<std::int64_t>(support.n_columns)}, support.values};
  result.arrays["coefficients"] = {{k, n}, coefficients};
  result.arrays["intercept"] = {{k}, intercept};
  result.arrays["gamma"] = {{1}, std::vector<double>{gamma}};
  return result;
}

KernelMachine KernelMachine::from(const Learned& learned, std::size_t n_columns) {
  const auto found = learned.arrays.find("support");
  if (found == learned.arrays.end()) throw std::runtime_error("support is missing");
  const auto* values = std::get_if<std::vector<float>>(&found->second.values);
  const std::vector<std::int64_t>& shape = found->second.shape;
  const bool fits = shape.size() == 2 && shape[0] > 0 && shape[1] == static_cast<std::int64_t>(n_columns);
  if (values == nullptr || !fits) throw std::runtime_error("support does not fit the features");
  if (!std::all_of(values->begin(), values->end(), [](float v) { return std::isfinite(v); }))
    throw std::runtime_error("support has a value that is not finite");
  KernelMachine machine;
  machine.support = {static_cast<std::size_t>(shape[0]), n_columns, *values};
  machine.intercept = doubles(learned.arrays, "intercept", {-1});
  if (machine.intercept.empty()) throw std::runtime_error("intercept is empty");
  machine.coefficients =
      doubles(learned.arrays, "coefficients", {static_cast<std::int64_t>(machine.intercept.size()), shape[0]});
  machine.gamma = doubles(learned.arrays, "gamma", {1}).front();
  return machine;
}

}  // namespace hitscope::models::classical::kernels
