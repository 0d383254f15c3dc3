// The first row of every key, for finding duplicates: a hash table of row numbers that does not store the keys.
//
// The caller compares keys with equal hashes, so a collision costs time but never gives a wrong match. It takes 16
// bytes per slot, with 1.5 to 3 slots per row announced.
// Thread safety: one thread at a time.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace hitscope::ingest::tables {

class FirstRows {
 public:
  /// A table for at most `n_rows` rows.
  explicit FirstRows(std::size_t n_rows) : slots_(std::bit_ceil(n_rows + n_rows / 2 + 2)) {}

  /// The first row whose key has this hash and for which is_same(row) is true.
  template <typename IsSame>
  std::optional<std::size_t> find(std::uint64_t hash, const IsSame& is_same) const {
    const Slot& slot = slots_[place_of(hash, is_same)];
    if (slot.row_and_one == 0) return std::nullopt;
    return slot.row_and_one - 1;
  }
  /// Like find(), but if there is none, `row` becomes the first of its key and is returned.
  template <typename IsSame>
  std::size_t insert(std::uint64_t hash, std::size_t row, const IsSame& is_same) {
    Slot& slot = slots_[place_of(hash, is_same)];
    if (slot.row_and_one == 0) slot = {hash, row + 1};
    return slot.row_and_one - 1;
  }

 private:
  struct Slot {
    std::uint64_t hash = 0;
    std::size_t row_and_one = 0;  // row + 1; 0: free
  };

  template <typename IsSame>
  std::size_t place_of(std::uint64_t hash, const IsSame& is_same) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t i = hash & mask;
    while (slots_[i].row_and_one != 0 && (slots_[i].hash != hash || !is_same(slots_[i].row_and_one - 1))) {
      i = (i + 1) & mask;
    }
    return i;
  }

  std::vector<Slot> slots_;
};

}  // namespace hitscope::ingest::tables
