// SHA-256 (FIPS 180-4) by OpenSSL: of a clip's bytes, and of a front end's canonical text.
// Thread safety: a free function without shared state.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace hitscope::ingest {

/// 64 lower-case hexadecimal digits.
std::string sha256_hex(std::span<const std::byte> bytes);
std::string sha256_hex(std::string_view text);

}  // namespace hitscope::ingest
