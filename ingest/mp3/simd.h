// Vectors for the hot loops. Code called from a function marked HITSCOPE_CLONES (dsp/simd.h) must be inlined into it
// (kernels are HITSCOPE_INLINE), or it would stay in the baseline instruction set. V8 is eight floats, which the
// compiler splits for machines with narrower vectors.
// Thread safety: free functions without shared state.
#pragma once

#include <cstring>

#include "dsp/simd.h"

#define HITSCOPE_INLINE __attribute__((always_inline)) inline
#define HITSCOPE_INLINE_LAMBDA __attribute__((always_inline))

namespace hitscope::ingest::mp3 {

using V8 = float __attribute__((vector_size(32)));

/// Vectors are passed by reference, because passing by value depends on the instruction sets of caller and callee.
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

/// Hides the value of a pointer from the compiler. Otherwise GCC keeps values from one iteration of a loop for the next
/// and runs out of registers.
template <typename T>
HITSCOPE_INLINE void forget(T*& pointer) {
  asm("" : "+r"(pointer));
}

/// Sets n floats, a multiple of 32, to zero. GCC turns a plain loop or std::memset into a string instruction, which is
/// slow to start.
HITSCOPE_INLINE void clear(float* values, int n) {
  for (int i = 0; i < n; i += 32) {
    forget(values);
    for (int k = 0; k < 32; k += 8) store(values + i + k, V8{});
  }
}

/// The same for an array, whose initialiser GCC would turn into a string instruction.
template <int N>
HITSCOPE_INLINE void clear(V8 (&vectors)[N]) {
  for (int i = 0; i < N; ++i) vectors[i] = V8{};
}

/// One step of transpose(): interleaves the low and the high halves of pairs of rows four apart.
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
