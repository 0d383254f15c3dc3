// The ids seen so far with the row of each one's first occurrence, for finding repeated ids in catalogues of millions
// of rows.
//
// Only 96 bits of each id's XXH3 are stored: the probability that an id is wrongly taken for a repetition is n² / 2⁹⁷
// among n ids (6e-16 for 10 million). This holds for chance, not for forged ids, since XXH3 is not a cryptographic
// hash. It uses open addressing with linear probing in 64 parts, each of which doubles at a load of 0.75, so that only
// a 64th of the set is held twice while rehashing. A slot has 16 bytes; an id takes 21 to 43 bytes, a million ids 34
// MB.
// Thread safety: one thread per set.
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
  /// Adds `id` if it is new. Returns the row of its first occurrence, or nullopt if it is new. Throws
  /// std::invalid_argument for row 0, which marks a free slot.
  std::optional<std::uint32_t> insert(std::string_view id, std::uint32_t row);
  std::size_t size() const { return size_; }
  /// Memory of the slots in bytes.
  std::size_t n_bytes() const;

 private:
  struct Slot {
    std::uint64_t low = 0;
    std::uint32_t high = 0;
    std::uint32_t row = 0;  // 0: free
  };
  static_assert(sizeof(Slot) == 16);

  struct Part {
    std::vector<Slot> slots;  // a power of two in number, never full
    std::size_t size = 0;
  };

  static Slot& place_of(std::vector<Slot>& slots, const Slot& slot);
  static void grow(Part& part);

  static constexpr int kPartBits = 6;
  std::array<Part, std::size_t{1} << kPartBits> parts_;
  std::size_t size_ = 0;
};

}  // namespace hitscope::ingest::tables
