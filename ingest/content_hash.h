// XXH3 by libxxhash: fast fingerprints of bytes, for telling equal clips and damaged rows. Not against forgers: see
// ingest/sha256.h (which took a quarter of the time to render a WAV file).
// Thread safety: free functions without shared state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace hitscope::ingest {

struct Xxh128 {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};

/// XXH3 of 128 bits.
Xxh128 xxh3_128(std::span<const std::byte> bytes);
/// XXH3 of 128 bits as 32 lower-case hexadecimal digits, what `xxh128sum` prints.
std::string xxh128_hex(std::span<const std::byte> bytes);
/// XXH3 of 64 bits.
std::uint64_t xxh3_64(std::span<const std::byte> bytes);

}  // namespace hitscope::ingest
