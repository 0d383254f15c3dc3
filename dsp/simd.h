// Run-time dispatch for loops that the compiler vectorises: HITSCOPE_CLONES before a function compiles it once for
// every x86-64 processor, once for AVX2 with fused multiply-add and once for AVX-512; the loader picks what the machine
// has. Results differ between machines by rounding only. It expands to nothing for other compilers (Clang 14 does not
// have target_clones) and under sanitizers, whose runtimes are not yet initialised when the loader picks.
// Thread safety: the choice is made once, by the loader.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define HITSCOPE_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define HITSCOPE_CLONES
#endif
