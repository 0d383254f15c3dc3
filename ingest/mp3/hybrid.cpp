#include "ingest/mp3/hybrid.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

#include "ingest/mp3/simd.h"

namespace hitscope::ingest::mp3 {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr int kLanes = 8;  // subbands at a time

float as_float(double value) {
  return static_cast<float>(value);
}

/// Constants in the layout of the loops below.
struct HybridTables {
  alignas(64) float cs[8];
  alignas(64) float ca[8];
  /// [line * 18 + i]: weights of the 18 independent ones among the 36 outputs: 0..8 and 18..26.
  alignas(64) float long_cosines[18 * 18];
  /// [block type][output][lane]: odd lanes negative at odd outputs, which is the frequency inversion.
  alignas(64) float long_windows[4][36][kLanes];
  /// [line][output] with the window; [output parity][lane] signs of the inversion.
  alignas(64) float short_cosines[6][12];
  alignas(64) float signs[2][kLanes];
  HybridTables();
};

double window_of(int block_type, int i) {
  const auto sine = [](double at, int size) { return std::sin(kPi / size * (at + 0.5)); };
  if (block_type == 1 && i >= 18) return i < 24 ? 1.0 : i < 30 ? sine(i - 18, 12) : 0.0;
  if (block_type == 3 && i < 18) return i < 6 ? 0.0 : i < 12 ? sine(i - 6, 12) : 1.0;
  return sine(i, 36);
}

HybridTables::HybridTables() {
  constexpr double kAlias[8] = {-0.6, -0.535, -0.33, -0.185, -0.095, -0.041, -0.0142, -0.0037};
  for (int i = 0; i < 8; ++i) {
    cs[i] = as_float(1.0 / std::sqrt(1.0 + kAlias[i] * kAlias[i]));
    ca[i] = as_float(kAlias[i] / std::sqrt(1.0 + kAlias[i] * kAlias[i]));
  }
  for (int line = 0; line < 18; ++line) {
    for (int i = 0; i < 18; ++i) {
      const int output = i < 9 ? i : i + 9;
      long_cosines[line * 18 + i] = as_float(std::cos(kPi / 72.0 * (2 * output + 19) * (2 * line + 1)));
    }
  }
  for (int lane = 0; lane < kLanes; ++lane) {
    signs[0][lane] = 1.0F;
    signs[1][lane] = lane % 2 == 0 ? 1.0F : -1.0F;
    for (int type = 0; type < 4; ++type) {
      for (int i = 0; i < 36; ++i) long_windows[type][i][lane] = as_float(window_of(type, i)) * signs[i % 2][lane];
    }
  }
  for (int line = 0; line < 6; ++line) {
    for (int i = 0; i < 12; ++i) {
      short_cosines[line][i] =
          as_float(std::cos(kPi / 24.0 * (2 * i + 7) * (2 * line + 1)) * std::sin(kPi / 12.0 * (i + 0.5)));
    }
  }
}

const HybridTables& hybrid_tables() {
  static const HybridTables tables;
  return tables;
}

/// Butterflies across the borders of the first n_borders + 1 subbands.
HITSCOPE_INLINE void reduce_alias(const HybridTables& tables, int n_borders, float* lines) {
  V8 cs;
  V8 ca;
  load(cs, tables.cs);
  load(ca, tables.ca);
  for (int border = 18; border <= 18 * n_borders; border += 18) {
    V8 upper;
    V8 lower;
    load(upper, lines + border);
    load(lower, lines + border - 8);
    reverse(lower);
    V8 reduced = lower * cs - upper * ca;
    reverse(reduced);
    store(lines + border - 8, reduced);
    store(lines + border, upper * cs + lower * ca);
  }
}

/// Inverse MDCT of the long blocks of eight subbands. `input` is [line][lane].
HITSCOPE_INLINE void add_long(const HybridTables& tables, int block_type, const float* input, float* samples,
                              float* overlap) {
  const auto& window = tables.long_windows[block_type];
  for (int half = 0; half < 2; ++half) {
    V8 sums[9];
    clear(sums);
    for (int line = 0; line < 18; ++line) {
      V8 x;
      load(x, input + kLanes * line);
      const float* const cosines = tables.long_cosines + 18 * line + 9 * half;
      for (int i = 0; i < 9; ++i) sums[i] += x * cosines[i];
    }
    // The first half of the outputs is odd about its middle, the second one even.
    float* const target = half == 0 ? samples : overlap;
    const float mirror = half == 0 ? -1.0F : 1.0F;
    for (int i = 0; i < 9; ++i) {
      V8 value;
      V8 weight;
      load(value, target + kSubbands * i);
      load(weight, window[18 * half + i]);
      value += sums[i] * weight;
      store(target + kSubbands * i, value);
      load(value, target + kSubbands * (17 - i));
      load(weight, window[18 * half + 17 - i]);
      value += sums[i] * weight * mirror;
      store(target + kSubbands * (17 - i), value);
    }
  }
}

/// Inverse MDCT of three short blocks in each of eight subbands.
HITSCOPE_INLINE void add_short(const HybridTables& tables, const float* input, float* samples, float* overlap) {
  V8 signs[2];
  load(signs[0], tables.signs[0]);
  load(signs[1], tables.signs[1]);
  for (int window = 0; window < 3; ++window) {
    V8 x[6];
    for (int line = 0; line < 6; ++line) load(x[line], input + kLanes * (3 * line + window));
    for (int i = 0; i < 12; ++i) {
      V8 sum = {};
      for (int line = 0; line < 6; ++line) sum += x[line] * tables.short_cosines[line][i];
      const int output = 6 + 6 * window + i;
      float* const target = output < 18 ? samples + kSubbands * output : overlap + kSubbands * (output - 18);
      V8 value;
      load(value, target);
      value += sum * signs[output % 2];
      store(target, value);
    }
  }
}

/// The lines of eight subbands as [line][lane].
HITSCOPE_INLINE void gather(const float* lines, float* input) {
  for (int line = 0; line < 16; line += 8) {
    V8 rows[8];
    for (int lane = 0; lane < kLanes; ++lane) load(rows[lane], lines + 18 * lane + line);
    transpose(rows);
    for (int i = 0; i < 8; ++i) store(input + kLanes * (line + i), rows[i]);
  }
  for (int lane = 0; lane < kLanes; ++lane) {
    input[kLanes * 16 + lane] = lines[18 * lane + 16];
    input[kLanes * 17 + lane] = lines[18 * lane + 17];
  }
}

HITSCOPE_INLINE void add_lines(const GranuleInfo& info, int n_lines, int n_subbands, float* lines, float* samples,
                               float* overlap) {
  const HybridTables& tables = hybrid_tables();
  // Alias reduction carries the lines of a subband eight lines upwards.
  const int n_filled = std::min(kSubbands, (n_lines + 7) / 18 + 1);
  if (info.shape() != BlockShape::kShort) {
    reduce_alias(tables, info.shape() == BlockShape::kMixed ? 1 : n_filled - 1, lines);
  }
  for (int subband = 0; subband < std::min(n_filled, n_subbands); subband += kLanes) {
    alignas(64) float input[18 * kLanes];
    alignas(64) float long_input[18 * kLanes];
    gather(lines + 18 * subband, input);
    if (info.mixed && subband == 0) {  // two subbands have the normal window
      for (int i = 0; i < 18 * kLanes; ++i) {
        long_input[i] = i % kLanes < 2 ? input[i] : 0.0F;
        input[i] -= long_input[i];
      }
      add_long(tables, 0, long_input, samples, overlap);
    }
    if (info.block_type == 2) {
      add_short(tables, input, samples + subband, overlap + subband);
    } else {
      add_long(tables, info.block_type, input, samples + subband, overlap + subband);
    }
  }
}

HITSCOPE_CLONES void add_granule(const GranuleInfo& info, int n_lines, int n_subbands, float* lines, float* samples,
                                 float* overlap) {
  add_lines(info, n_lines, n_subbands, lines, samples, overlap);
}

}  // namespace

void Hybrid::begin() {
  clear(buffers_[current_].data(), kSlots * kSubbands);
  current_ = 1 - current_;
}

void Hybrid::add(const GranuleInfo& info, int n_lines, float* lines) {
  add_granule(info, n_lines, n_subbands_, lines, buffers_[current_].data(), buffers_[1 - current_].data());
}

}  // namespace hitscope::ingest::mp3
