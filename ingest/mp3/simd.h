// Vectors for the hot loops. Code called from a function marked HITSCOPE_CLONES (dsp/simd.h) must be inlined into it
// (kernels are HITSCOPE_INLINE), or it would stay in the baseline instruction set. V8 is eight floats; on a
// machine with less the compiler splits it.
// Thread safety: no state.
#pragma once

#include <cstring>

#include "dsp/simd.h"

#define HITSCOPE_INLINE __attribute__((always_inline)) inline
#define HITSCOPE_INLINE_LAMBDA __attribute__((always_inline))

namespace hitscope::ingest::mp3 {

using V8 = float __attribute__((vector_size(32)));

/// By reference, for a vector by value would depend on the instruction set of caller and callee.
HITSCOPE_INLINE void load(V8& v, const float* from) {
  std::memcpy(&v, from, sizeof(v));
}
HITSCOPE_INLINE void store(float* to, const V8& v) {
  std::memcpy(to, &v, sizeof(v));
}

HITSCOPE_INLINE void broadcast(V8& v, float value) {
  v = V8{value, value, value, value, value, value, value, value};
}
HITSCOPE_INLINE void reverse(V8& v) {
  v = __builtin_shufflevector(v, v, 7, 6, 5, 4, 3, 2, 1, 0);
}

/// Makes the compiler forget what it knows of a pointer. GCC would keep what one iteration of a loop reads for the next
/// one in registers that it does not have.
template <typename T>
HITSCOPE_INLINE void forget(T*& pointer) {
  asm("" : "+r"(pointer));
}

/// Sets n floats, a multiple of 32, to zero. GCC would make a string instruction of a plain loop or std::memset, which
/// takes long to start.
HITSCOPE_INLINE void clear(float* values, int n) {
  for (int i = 0; i < n; i += 32) {
    forget(values);
    for (int k = 0; k < 32; k += 8) store(values + i + k, V8{});
  }
}

/// Likewise of an array initialiser.
template <int N>
HITSCOPE_INLINE void clear(V8 (&vectors)[N]) {
  for (int i = 0; i < N; ++i) vectors[i] = V8{};
}

/// One step of transpose(): interleaves the low and the high halves of pairs of rows that stand four apart.
HITSCOPE_INLINE void interleave(const V8 (&from)[8], V8 (&to)[8]) {
  for (int i = 0; i < 4; ++i) {
    to[2 * i] = __builtin_shufflevector(from[i], from[i + 4], 0, 8, 1, 9, 2, 10, 3, 11);
    to[2 * i + 1] = __builtin_shufflevector(from[i], from[i + 4], 4, 12, 5, 13, 6, 14, 7, 15);
  }
}

/// rows[i][k] becomes rows[k][i].
HITSCOPE_INLINE void transpose(V8 (&rows)[8]) {
  V8 other[8];
  interleave(rows, other);
  interleave(other, rows);
  interleave(rows, other);
  for (int i = 0; i < 8; ++i) rows[i] = other[i];
}

}  // namespace hitscope::ingest::mp3
