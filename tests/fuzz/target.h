// What every fuzz target is: a function of bytes that must neither crash nor break a promise, whatever the bytes.
//
// In a build for fuzzing it is libFuzzer's entry; in the tests, tests/fuzz/regressions_test.cpp calls it by its name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#ifdef HITSCOPE_LIBFUZZER
#define FUZZ_TARGET(name) extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
#else
#define FUZZ_TARGET(name)                                                                \
  static int fuzz_##name(const std::uint8_t* data, std::size_t size);                    \
  static const bool is_known_##name = hitscope::tests::add_target({#name, fuzz_##name}); \
  static int fuzz_##name(const std::uint8_t* data, std::size_t size)
#endif

namespace hitscope::tests {

struct Target {
  const char* name;
  int (*run)(const std::uint8_t* data, std::size_t size);
};

/// The targets that are linked into this program.
inline std::vector<Target>& targets() {
  static std::vector<Target> all;
  return all;
}

inline bool add_target(const Target& target) {
  targets().push_back(target);
  return true;
}

/// Ends the process where a promise is broken, so that the fuzzer keeps the input.
inline void promise(bool kept, const char* what) {
  if (kept) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

/// The bytes as text, and a first byte that chooses among several readers.
struct Choice {
  Choice(const std::uint8_t* data, std::size_t size)
      : first(size > 0 ? data[0] : 0),
        text(reinterpret_cast<const char*>(data) + (size > 0 ? 1 : 0), size > 0 ? size - 1 : 0) {}
  std::uint8_t first;
  std::string text;
};

}  // namespace hitscope::tests
