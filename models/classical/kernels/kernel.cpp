#include "models/classical/kernels/kernel.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace hitscope::models::classical::kernels {
namespace {

/// exp(x) for x <= 0 to 2e-7 of itself; a loop of it is vectorised, one of std::exp is not. (Cephes' polynomial.)
inline float exp_of_negative(float x) {
  constexpr float kLog2e = 1.44269504F;
  constexpr float kLn2High = 0.693359375F;
  constexpr float kLn2Low = -2.12194440e-4F;
  x = std::max(x, -87.0F);
  const auto n = static_cast<std::int32_t>(x * kLog2e - 0.5F);
  const auto whole = static_cast<float>(n);
  const float r = x - whole * kLn2High - whole * kLn2Low;
  float p = 1.9875691500e-4F;
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = p * r * r + r + 1.0F;
  return p * std::bit_cast<float>((n + 127) << 23);
}

}  // namespace

KernelFunction::KernelFunction(const data::Matrix& rows, KernelKind kind, double gamma, int degree, double coef0)
    : n_rows_(rows.n_rows),
      n_columns_(rows.n_columns),
      columns_(rows.values.size()),
      squares_(rows.n_rows, 0.0F),
      kind_(kind),
      gamma_(static_cast<float>(gamma)),
      degree_(degree),
      coef0_(static_cast<float>(coef0)) {
  for (std::size_t row = 0; row < n_rows_; ++row) {
    double sum = 0.0;
    for (std::size_t c = 0; c < n_columns_; ++c) {
      const float value = rows.values[row * n_columns_ + c];
      columns_[c * n_rows_ + row] = value;
      sum += static_cast<double>(value) * static_cast<double>(value);
    }
    squares_[row] = static_cast<float>(sum);
  }
}

void KernelFunction::with_all(const float* x, float* out) const {
  constexpr std::size_t kPiece = 2048;  // outputs that stay in the cache while the columns pass
  double square = 0.0;
  for (std::size_t c = 0; c < n_columns_; ++c) square += static_cast<double>(x[c]) * static_cast<double>(x[c]);
  const auto own = static_cast<float>(square);
  for (std::size_t begin = 0; begin < n_rows_; begin += kPiece) {
    const std::size_t end = std::min(n_rows_, begin + kPiece);
    std::fill(out + begin, out + end, 0.0F);
    for (std::size_t c = 0; c < n_columns_; ++c) {
      const float* column = columns_.data() + c * n_rows_;
      const float factor = x[c];
      for (std::size_t row = begin; row < end; ++row) out[row] += factor * column[row];
    }
    switch (kind_) {
      case KernelKind::kRbf:
        for (std::size_t row = begin; row < end; ++row) {
          const float apart = std::max(0.0F, own + squares_[row] - 2.0F * out[row]);
          out[row] = exp_of_negative(-gamma_ * apart);
        }
        break;
      case KernelKind::kPoly:
        for (std::size_t row = begin; row < end; ++row) {
          const float base = gamma_ * out[row] + coef0_;
          float power = 1.0F;
          for (int i = 0; i < degree_; ++i) power *= base;
          out[row] = power;
        }
        break;
      case KernelKind::kSigmoid:
        for (std::size_t row = begin; row < end; ++row) out[row] = std::tanh(gamma_ * out[row] + coef0_);
        break;
      case KernelKind::kLinear:
        break;
    }
  }
}

double KernelFunction::of_itself(std::size_t row) const {
  const auto square = static_cast<double>(squares_[row]);
  const double base = static_cast<double>(gamma_) * square + static_cast<double>(coef0_);
  switch (kind_) {
    case KernelKind::kRbf:
      return 1.0;
    case KernelKind::kPoly:
      return std::pow(base, degree_);
    case KernelKind::kSigmoid:
      return std::tanh(base);
    case KernelKind::kLinear:
      return square;
  }
  return square;
}

KernelRows::KernelRows(const data::Matrix& rows, const KernelFunction& function, std::size_t most_bytes)
    : rows_(rows),
      function_(function),
      most_rows_(std::max<std::size_t>(2, most_bytes / (sizeof(float) * std::max<std::size_t>(1, rows.n_rows)))) {}

const float* KernelRows::row(std::size_t i) {
  const auto found = kept_.find(i);
  if (found != kept_.end()) {
    order_.splice(order_.begin(), order_, found->second.place);
    return found->second.values.data();
  }
  std::vector<float> values;
  if (kept_.size() >= most_rows_) {  // its memory serves again
    const auto last = kept_.find(order_.back());
    values = std::move(last->second.values);
    kept_.erase(last);
    order_.pop_back();
  }
  values.resize(rows_.n_rows);
  function_.with_all(rows_.values.data() + i * rows_.n_columns, values.data());
  order_.push_front(i);
  return kept_.emplace(i, Entry{std::move(values), order_.begin()}).first->second.values.data();
}

}  // namespace hitscope::models::classical::kernels
