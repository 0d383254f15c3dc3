// The ids seen so far and the row each was first seen in, in 16 bytes a slot: for telling repeated ids in catalogues of
// millions of rows.
//
// Ids are not kept, only 96 bits of their XXH3: an id could be taken for another's repetition, with odds of n² / 2⁹⁷
// among n ids (10 million: 6e-16, under 1e-14). Chance is meant, not forgers: XXH3 is no cryptographic hash.
// Open addressing with linear probing, in 64 parts that grow one by one, each by doubling at a load of 0.75: while one
// is rehashed only a 64th of the set is there twice. 21 to 43 bytes an id; 34 MB for a million. Thread safety: one
// thread per set.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace hitscope::ingest::tables {

class IdSet {
 public:
  /// Adds `id` where it is new. Returns the row given with the first id equal to this one, nullopt for the first.
  /// Throws std::invalid_argument for row 0, which marks a free slot.
  std::optional<std::uint32_t> insert(std::string_view id, std::uint32_t row);
  std::size_t size() const { return size_; }
  /// Bytes of memory that the slots take.
  std::size_t n_bytes() const;

 private:
  struct Slot {
    std::uint64_t low = 0;
    std::uint32_t high = 0;
    std::uint32_t row = 0;  // 0: free
  };
  static_assert(sizeof(Slot) == 16);

  struct Part {
    std::vector<Slot> slots;  // a power of two of them, never full
    std::size_t size = 0;
  };

  static Slot& place_of(std::vector<Slot>& slots, const Slot& slot);
  static void grow(Part& part);

  static constexpr int kPartBits = 6;
  std::array<Part, std::size_t{1} << kPartBits> parts_;
  std::size_t size_ = 0;
};

}  // namespace hitscope::ingest::tables
