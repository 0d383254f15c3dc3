#include "ingest/tables/id_set.h"

#include <span>
#include <stdexcept>
#include <utility>

#include "ingest/content_hash.h"

namespace hitscope::ingest::tables {
namespace {

constexpr std::size_t kFirstSlots = 16;

}  // namespace

/// The slot with the hash of `slot`, or the free slot where it belongs.
IdSet::Slot& IdSet::place_of(std::vector<Slot>& slots, const Slot& slot) {
  const std::size_t mask = slots.size() - 1;
  std::size_t i = slot.low & mask;
  while (slots[i].row != 0 && (slots[i].low != slot.low || slots[i].high != slot.high)) i = (i + 1) & mask;
  return slots[i];
}

void IdSet::grow(Part& part) {
  std::vector<Slot> larger(part.slots.empty() ? kFirstSlots : 2 * part.slots.size());
  for (const Slot& slot : part.slots) {
    if (slot.row != 0) place_of(larger, slot) = slot;
  }
  part.slots = std::move(larger);
}

std::optional<std::uint32_t> IdSet::insert(std::string_view id, std::uint32_t row) {
  if (row == 0) throw std::invalid_argument("row is 0; rows are counted from 1");
  const Xxh128 hash = xxh3_128(std::as_bytes(std::span(id.data(), id.size())));
  // The part is chosen by bits that neither the slot's index (low) nor the stored hash (high's lower half) uses.
  Part& part = parts_[hash.high >> (64 - kPartBits)];
  if (4 * (part.size + 1) > 3 * part.slots.size()) grow(part);
  const Slot slot{hash.low, static_cast<std::uint32_t>(hash.high), row};
  Slot& place = place_of(part.slots, slot);
  if (place.row != 0) return place.row;
  place = slot;
  ++part.size;
  ++size_;
  return std::nullopt;
}

std::size_t IdSet::n_bytes() const {
  std::size_t n = 0;
  for (const Part& part : parts_) n += part.slots.size() * sizeof(Slot);
  return n;
}

}  // namespace hitscope::ingest::tables
