#include "ingest/mp3/scale_factors.h"

namespace hitscope::ingest::mp3 {
namespace {

constexpr std::uint8_t kBits[2][16] = {{0, 0, 0, 0, 3, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4},
                                       {0, 1, 2, 3, 0, 1, 2, 3, 1, 2, 3, 1, 2, 3, 2, 3}};

/// How many factors each of the four lengths is used for (13818-3, 2.4.3.2), by block shape and row of Lengths.
constexpr std::uint8_t kCounts[3][6][4] = {
    {{6, 5, 5, 5}, {6, 5, 7, 3}, {11, 10, 0, 0}, {7, 7, 7, 0}, {6, 6, 6, 3}, {8, 8, 5, 0}},
    {{9, 9, 9, 9}, {9, 9, 12, 6}, {18, 18, 0, 0}, {12, 12, 12, 0}, {12, 9, 9, 6}, {15, 12, 9, 0}},
    {{6, 9, 9, 9}, {6, 9, 12, 6}, {15, 18, 0, 0}, {6, 15, 12, 0}, {6, 12, 9, 6}, {6, 18, 9, 0}}};

struct Lengths {
  std::array<unsigned, 4> bits{};
  int row = 0;
};

Lengths lengths_of(unsigned code) {
  if (code < 400) return {{code / 80, code / 16 % 5, code / 4 % 4, code % 4}, 0};
  if (code < 500) return {{(code - 400) / 20, (code - 400) / 4 % 5, code % 4, 0}, 1};
  return {{(code - 500) / 3, (code - 500) % 3, 0, 0}, 2};
}

Lengths position_lengths_of(unsigned code) {
  if (code < 180) return {{code / 36, code / 6 % 6, code % 6, 0}, 3};
  if (code < 244) return {{(code - 180) / 16, (code - 180) / 4 % 4, (code - 180) % 4, 0}, 4};
  return {{(code - 244) / 3, (code - 244) % 3, 0, 0}, 5};
}

/// `n` factors of `length` bits each from factors[at] on; returns the place behind them.
std::size_t read_run(BitReader& bits, unsigned length, std::size_t n, ScaleFactors& factors, std::size_t at) {
  for (std::size_t i = 0; i < n; ++i) {
    if (i % 11 == 0) bits.refill();  // a factor has at most five bits
    factors[at + i] = static_cast<std::uint8_t>(bits.take(length));
  }
  return at + n;
}

}  // namespace

void read_scale_factors(BitReader& bits, const GranuleInfo& info, ScaleFactors& factors) {
  const unsigned low = kBits[0][info.scale_compress];
  const unsigned high = kBits[1][info.scale_compress];
  if (info.block_type == 2) {
    std::size_t at = read_run(bits, low, info.mixed ? 17 : 18, factors, 0);
    at = read_run(bits, high, 18, factors, at);
    for (std::size_t i = 0; i < 3; ++i) factors[at + i] = 0;  // the last band has none
    return;
  }
  constexpr std::size_t kGroupEnds[4] = {6, 11, 16, 21};
  std::size_t at = 0;
  for (unsigned group = 0; group < 4; ++group) {
    const std::size_t end = kGroupEnds[group];
    if ((info.reused & (8U >> group)) == 0) read_run(bits, group < 2 ? low : high, end - at, factors, at);
    at = end;
  }
  factors[21] = 0;
}

void read_low_rate_scale_factors(BitReader& bits, bool is_position, GranuleInfo& info, ScaleFactors& factors) {
  const Lengths lengths = is_position ? position_lengths_of(info.scale_compress / 2) : lengths_of(info.scale_compress);
  info.pre_emphasis = lengths.row == 2;
  const auto& counts = kCounts[static_cast<std::size_t>(info.shape())][lengths.row];
  factors.fill(0);
  std::size_t at = 0;
  for (std::size_t i = 0; i < 4; ++i) at = read_run(bits, lengths.bits[i], counts[i], factors, at);
}

}  // namespace hitscope::ingest::mp3
