#include "models/classical/trees/ranked_columns.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "models/data/parallel.h"

namespace hitscope::models::classical::trees {
namespace {

/// Orders as the value does.
std::uint32_t bits_of(float value) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value == 0.0F ? 0.0F : value);
  return (bits & 0x80000000U) != 0 ? ~bits : bits | 0x80000000U;
}

}  // namespace

void radix_sort(std::vector<std::uint64_t>& keys, std::vector<std::uint64_t>& spare, unsigned n_bits) {
  constexpr unsigned kDigitBits = 11;
  constexpr std::size_t kDigits = std::size_t{1} << kDigitBits;
  std::array<std::uint32_t, kDigits> counts{};
  for (unsigned shift = 0; shift < n_bits; shift += kDigitBits) {
    counts.fill(0);
    const auto digit = [&](std::uint64_t key) { return (key >> (32 + shift)) & (kDigits - 1); };
    for (const std::uint64_t key : keys) ++counts[digit(key)];
    std::uint32_t sum = 0;
    for (std::uint32_t& count : counts) sum += std::exchange(count, sum);
    for (const std::uint64_t key : keys) spare[counts[digit(key)]++] = key;
    keys.swap(spare);
  }
}

RankedColumns::RankedColumns(const data::Matrix& features, int n_threads)
    : n_rows_(features.n_rows), ranks_(features.values.size()), values_(features.n_columns) {
  data::in_parallel(features.n_columns, n_threads, [&](std::size_t column) { rank(features, column); });
}

void RankedColumns::rank(const data::Matrix& features, std::size_t column) {
  std::vector<std::uint64_t> keys(n_rows_);
  std::vector<std::uint64_t> spare(n_rows_);
  const float* x = features.values.data() + column;
  for (std::size_t row = 0; row < n_rows_; ++row, x += features.n_columns) {
    keys[row] = static_cast<std::uint64_t>(bits_of(*x)) << 32U | row;
  }
  radix_sort(keys, spare, 32);
  std::uint32_t* ranks = ranks_.data() + column * n_rows_;
  std::vector<float>& values = values_[column];
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto row = static_cast<std::uint32_t>(keys[i]);
    if (i == 0 || keys[i] >> 32U != keys[i - 1] >> 32U) {
      const float value = features.values[row * features.n_columns + column];
      values.push_back(value == 0.0F ? 0.0F : value);
    }
    ranks[row] = static_cast<std::uint32_t>(values.size() - 1);
  }
}

}  // namespace hitscope::models::classical::trees
