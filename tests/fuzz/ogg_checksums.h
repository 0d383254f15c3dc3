// OGG drops pages whose checksum is wrong, and with them whatever a mutation did: this repairs it.
#pragma once

#include <cstddef>
#include <span>

namespace hitscope::tests {

/// Gives every OGG page in `bytes` the checksum of what it holds now. Other bytes stay.
void repair_ogg_checksums(std::span<std::byte> bytes);

}  // namespace hitscope::tests
