// Vectors published with xxHash, and what `xxh128sum` prints.
#include "ingest/content_hash.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/audio_fixtures.h"

namespace hitscope::ingest {
namespace content_hash_test {

using tests::Bytes;
using tests::bytes_of;

/// The bytes of xxHash's own self-test (its sanity buffer).
Bytes sanity_bytes(std::size_t size) {
  constexpr std::uint64_t kPrime64 = 11400714785074694797ULL;
  std::uint64_t generator = 2654435761U;
  Bytes bytes;
  for (std::size_t i = 0; i < size; ++i) {
    bytes.push_back(static_cast<std::byte>(generator >> 56U));
    generator *= kPrime64;
  }
  return bytes;
}

TEST(ContentHashTest, GivesThePublishedHashesOfNothing) {
  EXPECT_EQ(xxh3_64({}), 0x2D06800538D394C2ULL);
  EXPECT_EQ(xxh128_hex({}), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(xxh128_hex(bytes_of("abc")), "06b05ab6733a618578af5f94892f3950");
}

TEST(ContentHashTest, GivesThePublishedHashesOfTheSanityBuffer) {
  struct Vector {
    std::size_t size;
    std::uint64_t xxh64;
  };
  for (const Vector& v :
       {Vector{1, 0xC44BDFF4074EECDBULL}, Vector{6, 0x27B56A84CD2D7325ULL}, Vector{12, 0xA713DAF0DFBB77E7ULL},
        Vector{24, 0xA3FE70BF9D3510EBULL}, Vector{48, 0x397DA259ECBA1F11ULL}, Vector{80, 0xBCDEFBBB2C47C90AULL},
        Vector{195, 0xCD94217EE362EC3AULL}, Vector{403, 0xCDEB804D65C6DEA4ULL}, Vector{512, 0x617E49599013CB6BULL},
        Vector{2048, 0xDD59E2C3A5F038E0ULL}, Vector{2240, 0x6E73A90539CF2948ULL},
        Vector{2367, 0xCB37AEB9E5D361EDULL}}) {
    EXPECT_EQ(xxh3_64(sanity_bytes(v.size)), v.xxh64) << v.size << " bytes";
  }
}

TEST(ContentHashTest, WritesTheHighHalfFirstAndItsLeadingZeros) {
  EXPECT_EQ(xxh128_hex(sanity_bytes(1)), "a6cd5e9392000f6ac44bdff4074eecdb");
  EXPECT_EQ(xxh128_hex(sanity_bytes(512)), "18d2d110dcc9bca1617e49599013cb6b");
}

TEST(ContentHashTest, TellsBytesApartThatDifferInOneBit) {
  std::set<std::string> seen;
  for (std::size_t at = 0; at < 300; ++at) {
    Bytes bytes(300);
    bytes[at] = std::byte{1};
    seen.insert(xxh128_hex(bytes));
  }
  EXPECT_EQ(seen.size(), 300U);
  EXPECT_EQ(xxh128_hex(bytes_of("a")).size(), 32U);
}

}  // namespace content_hash_test
}  // namespace hitscope::ingest
