#include "ingest/address.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace hitscope::ingest {
namespace {

using Bytes = std::span<const std::byte>;

std::uint32_t high_bits(Bytes a) {
  return std::to_integer<std::uint32_t>(a[0]) << 24U | std::to_integer<std::uint32_t>(a[1]) << 16U |
         std::to_integer<std::uint32_t>(a[2]) << 8U | std::to_integer<std::uint32_t>(a[3]);
}

bool is_private_v4(std::uint32_t address) {
  struct Range {
    std::uint32_t prefix;
    unsigned bits;
  };
  // RFC 6890: this network, private, shared, loopback, link-local, protocol assignments, documentation, benchmarks,
  // multicast and reserved; last Azure's metadata service, 168.63.129.16.
  constexpr Range kRanges[] = {{0x00000000, 8},  {0x0A000000, 8},  {0x64400000, 10}, {0x7F000000, 8},  {0xA9FE0000, 16},
                               {0xAC100000, 12}, {0xC0000000, 24}, {0xC0000200, 24}, {0xC0A80000, 16}, {0xC6120000, 15},
                               {0xC6336400, 24}, {0xCB007100, 24}, {0xE0000000, 3},  {0xA83F8110, 32}};
  return std::any_of(std::begin(kRanges), std::end(kRanges),
                     [&](const Range& r) { return (address ^ r.prefix) >> (32U - r.bits) == 0; });
}

bool is_zero(Bytes bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}

/// ::ffff:0:0/96
bool is_mapped(Bytes address) {
  return is_zero(address.first(10)) && address[10] == std::byte{0xFF} && address[11] == std::byte{0xFF};
}

/// The address of version 4 that one of version 6 stands for: mapped or compatible, translated (NAT64), or 6to4.
std::optional<Bytes> carried_v4(Bytes address) {
  const bool nat64 = high_bits(address) == 0x0064FF9B && is_zero(address.subspan(4, 8));
  if (is_mapped(address) || nat64 || is_zero(address.first(12))) return address.subspan(12, 4);
  if (high_bits(address) >> 16U == 0x2002) return address.subspan(2, 4);
  return std::nullopt;
}

std::size_t n_bytes(int family) {
  return family == AF_INET ? 4 : 16;
}

}  // namespace

bool is_private_address(int family, Bytes address) {
  if (family == AF_INET && address.size() == 4) return is_private_v4(high_bits(address));
  if (family != AF_INET6 || address.size() != 16) return true;
  if (const auto v4 = carried_v4(address)) return is_private_v4(high_bits(*v4));
  const std::uint32_t high = high_bits(address);
  if (high == 0x20010DB8 || high >> 9U == 0x20010000U >> 9U) return true;  // documentation; protocols, Teredo
  if (high >> 12U == 0x3FFF0000U >> 12U) return true;                      // documentation, RFC 9637
  return high >> 29U != 1U;                                                // only 2000::/3 is global unicast
}

AddressRange AddressRange::from_text(const dsp::Field& field, const std::string& text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const std::string address = text.substr(0, slash);
  AddressRange range;
  for (const int family : {AF_INET, AF_INET6}) {
    if (::inet_pton(family, address.c_str(), range.prefix.data()) == 1) range.family = family;
    if (range.family != 0) break;
  }
  range.bits = static_cast<unsigned>(8 * n_bytes(range.family));
  if (slash < text.size()) {
    const char* const end = text.data() + text.size();
    unsigned bits = 0;
    const auto read = std::from_chars(text.data() + slash + 1, end, bits);
    if (read.ec != std::errc() || read.ptr != end || bits > range.bits) range.family = 0;
    range.bits = bits;
  }
  const std::span<const std::byte> prefix(range.prefix);
  if (range.family == AF_INET6 && is_mapped(prefix)) {  // connections to these are of version 4
    if (range.bits < 96) {
      throw dsp::FieldError(field.name, "'" + text + "'", "of at least 96 bits where it begins with ::ffff:");
    }
    std::copy_n(prefix.begin() + 12, 4, range.prefix.begin());
    std::fill(range.prefix.begin() + 4, range.prefix.end(), std::byte{0});
    range.family = AF_INET;
    range.bits -= 96;
  }
  if (range.family == 0 || address.find('\0') != std::string::npos) {
    throw dsp::FieldError(field.name, "'" + text + "'",
                          "an address or ADDRESS/BITS, as 203.0.113.0/24 or 2001:db8::/32");
  }
  return range;
}

std::string AddressRange::text() const {
  std::array<char, INET6_ADDRSTRLEN> address{};
  ::inet_ntop(family, prefix.data(), address.data(), address.size());
  return std::string(address.data()) + "/" + std::to_string(bits);
}

bool AddressRange::contains(int family_of_address, Bytes address) const {
  if (address.size() != n_bytes(family_of_address)) return false;
  if (family_of_address == AF_INET6 && family == AF_INET) {
    const auto v4 = carried_v4(address);
    return v4 && contains(AF_INET, *v4);
  }
  if (family_of_address != family) return false;
  const std::size_t whole = bits / 8;
  if (!std::equal(prefix.begin(), prefix.begin() + static_cast<std::ptrdiff_t>(whole), address.begin())) return false;
  return bits % 8 == 0 || std::to_integer<unsigned>(prefix.at(whole) ^ address[whole]) >> (8 - bits % 8) == 0;
}

}  // namespace hitscope::ingest
