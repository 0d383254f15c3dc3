#include "ingest/mp3/spectrum.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "ingest/mp3/simd.h"

#include "ingest/mp3/huffman.h"

namespace hitscope::ingest::mp3 {
namespace {

constexpr int kGainBias = 64;
constexpr int kLargest = 15 + 8191;
constexpr std::uint8_t kPreEmphasis[kLongBands] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 3, 2, 0};

struct PowerTables {
  std::array<float, kLargest + 1> four_thirds;  ///< i^(4/3)
  std::array<float, 32> signed_small;           ///< sign(i - 16) * |i - 16|^(4/3)
  std::array<float, 512> gains;                 ///< 2^((kGainBias - i) / 4)
  PowerTables() {
    for (std::size_t i = 0; i < four_thirds.size(); ++i) {
      four_thirds[i] = static_cast<float>(std::pow(static_cast<double>(i), 4.0 / 3.0));
    }
    for (std::size_t i = 0; i < 32; ++i) signed_small[i] = i < 16 ? -four_thirds[16 - i] : four_thirds[i - 16];
    for (std::size_t i = 0; i < gains.size(); ++i) {
      gains[i] = static_cast<float>(std::pow(2.0, (kGainBias - static_cast<double>(i)) / 4.0));
    }
  }
};

const PowerTables& power_tables() {
  static const PowerTables tables;
  return tables;
}

using Gains = std::array<float, 3 * kShortBands>;

/// The gain of each segment.
void make_gains(const SpectrumRequest& request, const Segments& segments, const GranuleInfo& info,
                const ScaleFactors& factors, Gains& gains) {
  const PowerTables& powers = power_tables();
  const int base = kGainBias + 210 - info.global_gain + request.attenuation;
  const int scale = info.coarse_scale ? 4 : 2;
  const int emphasis = info.pre_emphasis && info.block_type != 2 ? scale : 0;
  for (int i = 0; i < segments.n_long; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const int index = base + scale * factors[at] + emphasis * kPreEmphasis[at];
    gains[at] = powers.gains[static_cast<std::size_t>(std::clamp(index, 0, 511))];
  }
  for (int i = segments.n_long; i < segments.n; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const int index = base + scale * factors[at] + 8 * info.subblock_gain[segments.items[at].window];
    gains[at] = powers.gains[static_cast<std::size_t>(std::clamp(index, 0, 511))];
  }
}

/// Where a decoded pair is written to, and its gains.
struct Target {
  const PairPlace* place;
  const float* gains;
  float* lines;
};

/// A value of an escape pair, in which 15 means 15 or more.
HITSCOPE_INLINE float escaped(BitReader& bits, std::uint32_t value, unsigned escape_bits, float gain,
                              const float* four_thirds) {
  if (value == 15) value += bits.take(escape_bits);
  if (value == 0) return 0.0F;
  const float size = four_thirds[value] * gain;
  return bits.take(1) != 0 ? -size : size;
}

/// One pair, of at most 21 bits; more are made ready where it has escapes. `out` is where the pair goes.
HITSCOPE_INLINE void read_pair(BitReader& bits, const PairTable& table, const PowerTables& powers, float gain, int step,
                               float* out) {
  std::uint32_t entry = table.entries[bits.peek(table.primary_bits)];
  if (__builtin_expect((entry & kLink) != 0, 0)) {
    bits.skip(table.primary_bits);
    entry = table.entries[(entry >> 8U & 0xFFFFU) + bits.peek(entry & kLengthMask)];
  }
  bits.skip(entry & kLengthMask);
  const std::uint32_t x = entry >> 8U & 0xFFU;
  const std::uint32_t y = entry >> 16U & 0xFFU;
  if (__builtin_expect((entry & kEscape) != 0, 0)) {
    bits.refill();
    out[0] = escaped(bits, x - 16, table.escape_bits, gain, powers.four_thirds.data());
    out[step] = escaped(bits, y - 16, table.escape_bits, gain, powers.four_thirds.data());
    bits.refill();
  } else {
    out[0] = powers.signed_small[x] * gain;
    out[step] = powers.signed_small[y] * gain;
  }
}

/// Reads pairs; those of long blocks (`kIsLong`) are consecutive.
template <bool kIsLong>
HITSCOPE_INLINE void read_pairs(BitReader& reader, const PairTable& of, const PowerTables& powers, int n_pairs,
                                Target target) {
  BitReader bits = reader;  // copies, for registers
  const PairTable table = of;
  float* out = target.lines + target.place->line;
  const auto read_next = [&]() HITSCOPE_INLINE_LAMBDA {
    const PairPlace& place = *target.place++;
    if constexpr (!kIsLong) out = target.lines + place.line;
    read_pair(bits, table, powers, target.gains[place.segment], kIsLong ? 1 : place.step, out);
    if constexpr (kIsLong) out += 2;
  };
  for (; n_pairs > 1; n_pairs -= 2) {
    bits.refill();
    read_next();
    read_next();
  }
  bits.refill();
  if (n_pairs > 0) read_next();
  reader = bits;
}

/// The values of a quad whose sign bits are partly missing: those that have theirs. 0 where not even the code word
/// fits.
unsigned whole_part(unsigned quad, unsigned n_bits) {
  const unsigned word_length = quad >> 12U;
  if (n_bits <= word_length) return 0;
  unsigned n_signs = n_bits - word_length;
  unsigned part = 0;
  for (unsigned i = 0; i < 8 && n_signs > 0; i += 2) {
    if ((quad >> i & 3U) == 0) continue;
    part |= quad & 3U << i;
    --n_signs;
  }
  return part;
}

HITSCOPE_INLINE void put_quad(unsigned quad, bool is_long, Target& target) {
  constexpr float kValues[4] = {0.0F, 1.0F, 0.0F, -1.0F};
  const PairPlace* const place = target.place;
  target.place += 2;
  const float gain = target.gains[place[0].segment];
  const float next_gain = target.gains[place[1].segment];
  float* const out = target.lines + place[0].line;
  float* const next = is_long ? out + 2 : target.lines + place[1].line;
  out[0] = kValues[quad & 3U] * gain;
  out[is_long ? 1 : place[0].step] = kValues[quad >> 2U & 3U] * gain;
  next[0] = kValues[quad >> 4U & 3U] * next_gain;
  next[is_long ? 1 : place[1].step] = kValues[quad >> 6U & 3U] * next_gain;
}

/// Values of +-1 and 0 in quads, as long as there are bits; returns the number of pairs read.
HITSCOPE_INLINE int read_quads(BitReader bits, const std::uint16_t* table, std::size_t end, int n_quads, bool is_long,
                               Target target) {
  constexpr int kPerRefill = 5;
  const PairPlace* const first = target.place;
  auto n_left = static_cast<std::int64_t>(end) - static_cast<std::int64_t>(bits.position());
  while (n_quads > 0 && n_left > 0) {
    bits.refill();
    for (int i = 0; i < kPerRefill && n_quads > 0 && n_left > 0; ++i, --n_quads) {
      unsigned quad = table[bits.peek(kQuadBits)];
      const unsigned length = quad >> 8U & 15U;
      bits.skip(length);
      if (length > n_left) quad = whole_part(quad, static_cast<unsigned>(n_left));
      n_left -= length;
      put_quad(quad, is_long, target);
    }
  }
  return static_cast<int>(target.place - first);
}

/// Pairs of the bit stream up to the first segment that begins at line n_lines or later.
int pairs_before(const Segments& segments, int n_lines) {
  int n = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(segments.n) && segments.items[i].line < n_lines; ++i) {
    n += segments.items[i].n_pairs;
  }
  return n;
}

}  // namespace

HITSCOPE_CLONES int read_spectrum(const SpectrumRequest& request, const GranuleInfo& info, const ScaleFactors& factors,
                                  float* lines) {
  const HuffmanTables& tables = huffman_tables();
  const PowerTables& powers = power_tables();
  const Segments& all = segments(request.rate_index, info.shape());
  Gains gains;
  make_gains(request, all, info, factors, gains);
  clear(lines, kLines);
  BitReader bits(request.main_data, request.begin);
  const int n_wanted = request.n_lines < kLines ? pairs_before(all, request.n_lines) : kLines / 2;
  const int n_big = std::min(info.big_pairs, n_wanted);
  int n_done = 0;
  for (std::size_t region = 0; region < 3; ++region) {
    const int region_end = region < 2 ? std::min(n_big, info.region_end[region]) : n_big;
    const PairTable& table = tables.pairs(info.tables[region]);
    if (region_end <= n_done) continue;
    const Target target{all.pairs.data() + n_done, gains.data(), lines};
    if (table.entries == nullptr) {
      // zeros
    } else if (info.block_type != 2) {
      read_pairs<true>(bits, table, powers, region_end - n_done, target);
    } else {
      read_pairs<false>(bits, table, powers, region_end - n_done, target);
    }
    n_done = region_end;
  }
  if (bits.position() > request.end) return -1;
  if (n_done == info.big_pairs) {
    const int n_quads = std::min((n_wanted - n_done + 1) / 2, (kLines / 2 - n_done) / 2);
    n_done += read_quads(bits, tables.quads(info.quad_table), request.end, n_quads, info.block_type != 2,
                         {all.pairs.data() + n_done, gains.data(), lines});
  }
  if (n_done == 0) return 0;
  const PairPlace last = all.pairs[static_cast<std::size_t>(n_done - 1)];
  return last.step == 1 ? last.line + 2 : all.items[last.segment].end;
}

}  // namespace hitscope::ingest::mp3
