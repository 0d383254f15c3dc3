#include "ingest/content_hash.h"

// Not xxh_x86dispatch.h: its AVX-512 code leaves the upper halves of the registers dirty, and soxr, which is SSE and
// runs next, then takes twice as long.
#include <xxhash.h>

#include <array>
#include <cstdio>

namespace hitscope::ingest {

Xxh128 xxh3_128(std::span<const std::byte> bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.low64, hash.high64};
}

std::string xxh128_hex(std::span<const std::byte> bytes) {
  const Xxh128 hash = xxh3_128(bytes);
  std::array<char, 33> hex{};
  std::snprintf(hex.data(), hex.size(), "%016llx%016llx", static_cast<unsigned long long>(hash.high),
                static_cast<unsigned long long>(hash.low));
  return hex.data();
}

std::uint64_t xxh3_64(std::span<const std::byte> bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

}  // namespace hitscope::ingest
