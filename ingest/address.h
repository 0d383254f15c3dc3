// Internet addresses: which are not public, and ranges as "203.0.113.0/24".
// Thread safety: plain values and free functions without shared state.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "dsp/fields.h"

namespace hitscope::ingest {

/// Whether an address is not a public one: loopback, private, link-local, multicast or another special range. `family`
/// is AF_INET or AF_INET6, `address` its 4 or 16 bytes; any other family counts as private.
bool is_private_address(int family, std::span<const std::byte> address);

/// The addresses that begin with the same bits.
struct AddressRange {
  int family = 0;                      ///< AF_INET or AF_INET6
  std::array<std::byte, 16> prefix{};  ///< its first 4 or 16 bytes
  unsigned bits = 0;                   ///< of the prefix that an address must share

  /// Reads "ADDRESS/BITS" or one ADDRESS, of version 4 or 6; throws FieldError.
  static AddressRange from_text(const dsp::Field& field, const std::string& text);
  std::string text() const;
  /// Whether the address is in the range, itself or as the address of version 4 that it carries (mapped, NAT64, 6to4).
  bool contains(int family_of_address, std::span<const std::byte> address) const;
  friend bool operator==(const AddressRange&, const AddressRange&) = default;
};

}  // namespace hitscope::ingest
