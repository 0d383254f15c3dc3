#include "ingest/mp3/main_data.h"

#include <algorithm>
#include <cstring>

namespace hitscope::ingest::mp3 {

void MainData::append(std::span<const std::uint8_t> bytes) {
  n_reserved_ = std::min(n_bytes_, kReservoir);
  std::memmove(bytes_.data(), bytes_.data() + (n_bytes_ - n_reserved_), n_reserved_);
  const std::size_t n = std::min(bytes.size(), bytes_.size() - kPadding - n_reserved_);
  if (n > 0) std::memcpy(bytes_.data() + n_reserved_, bytes.data(), n);
  n_bytes_ = n_reserved_ + n;
  // Damaged codes read too far: they shall find the same bits whatever was decoded before.
  std::memset(bytes_.data() + n_bytes_, 0, 64);
}

}  // namespace hitscope::ingest::mp3
