// XXH3 by libxxhash: fast hashes of bytes, for recognising equal clips and damaged rows. It does not protect against
// forgery as ingest/sha256.h does, which would take a quarter of the time of rendering a WAV file.
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

/// The 128-bit XXH3 hash.
Xxh128 xxh3_128(std::span<const std::byte> bytes);
/// The 128-bit XXH3 hash as 32 lower-case hexadecimal digits, as `xxh128sum` prints it.
std::string xxh128_hex(std::span<const std::byte> bytes);
/// The 64-bit XXH3 hash.
std::uint64_t xxh3_64(std::span<const std::byte> bytes);

}  // namespace hitscope::ingest
