#include "ingest/mp3/synthesis.h"

#include <cmath>
#include <cstring>
#include <numbers>

#include "ingest/mp3/simd.h"
#include "ingest/mp3/window_table.h"

namespace hitscope::ingest::mp3 {
namespace {

// The N = 32 subbands are transformed by c[n] = sum over k of s[k] cos((2k + 1) n pi / 2N). The standard's vector V of
// 2N values per slot consists of these c with signs: its first half serves slots of even age, the second one those of
// odd age. Within each half we keep the values for even time samples first, then those for odd ones, for so the
// transform, done as two matrix products of half the size (even and odd n), yields them without shuffling single
// values. The signs are in the window.

constexpr int N = kSubbands;
constexpr int kHalf = N / 2;

struct SynthesisTables {
  /// [k * kHalf + i]: weight of the k-th sum (difference) of mirrored subbands in c[2i] (c[2i + 1]).
  alignas(64) float even[kHalf * kHalf];
  alignas(64) float odd[kHalf * kHalf];
  /// [age][time sample in the order above]
  alignas(64) float window[16][N];

  SynthesisTables() {
    for (int k = 0; k < kHalf; ++k) {
      for (int i = 0; i < kHalf; ++i) {
        const double angle = (2 * k + 1) * std::numbers::pi / (2 * N);
        even[k * kHalf + i] = static_cast<float>(std::cos(angle * (2 * i)));
        odd[k * kHalf + i] = static_cast<float>(std::cos(angle * (2 * i + 1)));
      }
    }
    for (int age = 0; age < 16; ++age) {
      for (int at = 0; at < N; ++at) window[age][at] = window_at(age, at < kHalf ? 2 * at : 2 * (at - kHalf) + 1);
    }
  }
  static float window_at(int age, int sample) {
    const float weight = synthesis_window(sample + N * age);
    if (age % 2 != 0) return -weight;
    return sample < kHalf ? weight : sample == kHalf ? 0.0F : -weight;
  }
};

const SynthesisTables& synthesis_tables() {
  static const SynthesisTables tables;
  return tables;
}

constexpr int kTile = 6;  // slots transformed at a time: as many sums as registers hold

/// out[slot * K + i] = sum over k of in[slot * K + k] * matrix[k * K + i] with K = N / 2, for kTile slots.
HITSCOPE_INLINE void multiply(const float* in, const float* matrix, float* out) {
  constexpr int K = kHalf;
  constexpr int kVectors = K / 8;
  V8 sums[kTile * kVectors];
  clear(sums);
  for (int k = 0; k < K; ++k) {
    V8 row[kVectors];
    for (int v = 0; v < kVectors; ++v) load(row[v], matrix + K * k + 8 * v);
    for (int slot = 0; slot < kTile; ++slot) {
      V8 factor;
      broadcast(factor, in[K * slot + k]);
      for (int v = 0; v < kVectors; ++v) sums[kVectors * slot + v] += row[v] * factor;
    }
  }
  for (int slot = 0; slot < kTile; ++slot) {
    for (int v = 0; v < kVectors; ++v) store(out + K * slot + 8 * v, sums[kVectors * slot + v]);
  }
}

/// A quarter of a slot of N values.
HITSCOPE_INLINE void copy_quarter(const float* from, float* to) {
  V8 v;
  load(v, from);
  store(to, v);
}
HITSCOPE_INLINE void reverse_quarter(const float* from, float* to) {
  V8 v;
  load(v, from);
  reverse(v);
  store(to, v);
}

/// c[2i] and c[2i + 1], N / 2 of each, laid out as both halves of a slot. One value behind `even` is read, for a place
/// of which the window is zero.
HITSCOPE_INLINE void lay_out(const float* even, const float* odd, float* slot) {
  constexpr int kSize = N / 4;
  float* const old = slot + N;
  copy_quarter(even + kSize, slot);
  reverse_quarter(even + kSize + 1, slot + kSize);
  copy_quarter(odd + kSize, slot + 2 * kSize);
  reverse_quarter(odd + kSize, slot + 3 * kSize);
  reverse_quarter(even + 1, old);
  copy_quarter(even, old + kSize);
  reverse_quarter(odd, old + 2 * kSize);
  copy_quarter(odd, old + 3 * kSize);
}

HITSCOPE_INLINE void transform(const float* samples, float* slots) {
  const SynthesisTables& tables = synthesis_tables();
  for (int begin = 0; begin < kSlots; begin += kTile) {
    alignas(64) float sums[kTile * kHalf];
    alignas(64) float differences[kTile * kHalf];
    alignas(64) float even[kTile * kHalf + 1];
    even[kTile * kHalf] = 0.0F;
    alignas(64) float odd[kTile * kHalf];
    for (int slot = 0; slot < kTile; ++slot) {
      const float* const s = samples + kSubbands * (begin + slot);
      for (int k = 0; k < kHalf; ++k) {
        sums[kHalf * slot + k] = s[k] + s[N - 1 - k];
        differences[kHalf * slot + k] = s[k] - s[N - 1 - k];
      }
    }
    multiply(sums, tables.even, even);
    multiply(differences, tables.odd, odd);
    for (int slot = 0; slot < kTile; ++slot) {
      float* const to = slots + 2 * N * (begin + slot);
      lay_out(even + kHalf * slot, odd + kHalf * slot, to);
    }
  }
}

constexpr int kWindowTile = 9;

/// Adds to eight time samples of each of kWindowTile slots what slots of one age contribute.
HITSCOPE_INLINE void add_age(const float* window, const float* old, V8 (&sums)[kWindowTile]) {
  V8 weight;
  load(weight, window);
  for (int i = 0; i < kWindowTile; ++i) {
    V8 value;
    load(value, old + 2 * N * i);
    sums[i] += value * weight;
  }
}

/// Eight time samples of each of kWindowTile slots; `slot` is the first of these, `stride` the distance of
/// their results.
HITSCOPE_INLINE void apply_window(const SynthesisTables& tables, const float* slot, int at, float* out, int stride) {
  V8 sums[kWindowTile];
  clear(sums);
  const float* newest = slot + at;
  for (int age = 0; age < 16; age += 2) {
    forget(newest);
    const float* old = newest - 2 * N * age;
    add_age(tables.window[age] + at, old, sums);
    add_age(tables.window[age + 1] + at, old - N, sums);  // the second half of the slot before
  }
  for (int i = 0; i < kWindowTile; ++i) store(out + stride * i, sums[i]);
}

HITSCOPE_CLONES void synthesise_all(const float* samples, float* own, float* out) {
  const SynthesisTables& tables = synthesis_tables();
  transform(samples, own);
  for (int begin = 0; begin < kSlots; begin += kWindowTile) {
    alignas(64) float split[kWindowTile * N];
    for (int at = 0; at < N; at += 8) apply_window(tables, own + 2 * N * begin, at, split + at, N);
    for (int slot = 0; slot < kWindowTile; ++slot) {
      float* const to = out + N * (begin + slot);
      for (int i = 0; i < kHalf; ++i) {
        to[2 * i] = split[N * slot + i];
        to[2 * i + 1] = split[N * slot + kHalf + i];
      }
    }
  }
}

/// `first`: 0 for the even time samples, kHalf for the odd ones.
HITSCOPE_CLONES void synthesise_half(const float* samples, float* own, int first, float* out) {
  const SynthesisTables& tables = synthesis_tables();
  transform(samples, own);
  for (int begin = 0; begin < kSlots; begin += kWindowTile) {
    float* const to = out + kHalf * begin;
    for (int at = 0; at < kHalf; at += 8) apply_window(tables, own + 2 * N * begin, first + at, to + at, kHalf);
  }
}

}  // namespace

void Synthesis::run(const Hybrid::Samples& samples, float* out) {
  constexpr std::size_t kSlotSize = 2 * N;
  if (n_used_ + kSlots > kRoom) {
    std::memmove(slots_.data(), slots_.data() + (n_used_ - kHistory) * kSlotSize, kHistory * kSlotSize * sizeof(float));
    n_used_ = kHistory;
  }
  float* const own = slots_.data() + n_used_ * kSlotSize;
  if (phase_ == Phase::kAll) {
    synthesise_all(samples.data(), own, out);
  } else {
    synthesise_half(samples.data(), own, phase_ == Phase::kEven ? 0 : kHalf, out);
  }
  n_used_ += kSlots;
}

}  // namespace hitscope::ingest::mp3
