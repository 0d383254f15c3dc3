#include "ingest/mp3/stream.h"

#include <cstring>

namespace hitscope::ingest::mp3 {
namespace {

constexpr std::size_t kId3v1Size = 128;
constexpr std::size_t kId3v2Header = 10;
constexpr std::size_t kApeHeader = 32;

std::size_t little_endian(const std::uint8_t* bytes) {
  return static_cast<std::size_t>(bytes[0]) | static_cast<std::size_t>(bytes[1]) << 8U |
         static_cast<std::size_t>(bytes[2]) << 16U | static_cast<std::size_t>(bytes[3]) << 24U;
}

/// Size of the ID3v2 tag whose header is `bytes`, with header and footer; 0 if it is not one.
std::size_t id3v2_size(const std::uint8_t* bytes) {
  if (bytes[3] == 0xFF || bytes[4] == 0xFF || ((bytes[6] | bytes[7] | bytes[8] | bytes[9]) & 0x80) != 0) return 0;
  const std::size_t size = static_cast<std::size_t>(bytes[6]) << 21U | static_cast<std::size_t>(bytes[7]) << 14U |
                           static_cast<std::size_t>(bytes[8]) << 7U | static_cast<std::size_t>(bytes[9]);
  return size + ((bytes[5] & 0x10) != 0 ? 2 : 1) * kId3v2Header;
}

}  // namespace

bool FrameStream::starts_with(std::size_t at, const char* text) const {
  const std::size_t n = std::strlen(text);
  return at <= bytes_.size() && bytes_.size() - at >= n && std::memcmp(bytes_.data() + at, text, n) == 0;
}

bool FrameStream::is_tag(std::size_t at) const {
  return starts_with(at, "TAG") || starts_with(at, "ID3") || starts_with(at, "APETAGEX") ||
         starts_with(at, "LYRICSBEGIN");
}

/// Skips a tag that begins here, unless its stated size exceeds the rest of the file and must be wrong.
bool FrameStream::skip_tag() {
  const std::size_t left = bytes_.size() - position_;
  std::size_t size = 0;
  if (starts_with(position_, "ID3") && left >= kId3v2Header) {
    size = id3v2_size(bytes_.data() + position_);
  } else if (starts_with(position_, "TAG")) {
    size = kId3v1Size;
  } else if (starts_with(position_, "APETAGEX") && left >= kApeHeader) {
    size = little_endian(bytes_.data() + position_ + 12);  // without the header, which is as large
    size += kApeHeader;
  }
  if (size == 0 || size > left) return false;
  position_ += size;
  return true;
}

/// Skips zeros, because a tag may follow them, in which bytes may look like frames.
bool FrameStream::skip_zeros(Frame& frame) {
  const std::size_t begin = position_;
  while (position_ < bytes_.size() && bytes_[position_] == 0) ++position_;
  frame.after_loss = frame.after_loss || position_ > begin;
  return position_ > begin;
}

std::optional<FrameHeader> FrameStream::header_at(std::size_t at) const {
  if (at > bytes_.size() || bytes_.size() - at < 4) return std::nullopt;
  return parse_header(bytes_.data() + at);
}

/// True where the frame is followed by n_following others of its kind, or by fewer and a tag or the end of the file.
bool FrameStream::is_confirmed(std::size_t at, const FrameHeader& header, int n_following) const {
  std::size_t end = at + header.size;
  if (end > bytes_.size()) return false;
  for (; n_following > 0; --n_following) {
    if (end + 4 > bytes_.size() || is_tag(end)) return true;
    const std::optional<FrameHeader> next = header_at(end);
    if (!next.has_value() || next->rate_index != header.rate_index) return false;
    end += next->size;
  }
  return true;
}

/// Goes on to the next confirmed header of this stream's sample rate, or to frames of another one.
bool FrameStream::find_header() {
  while (position_ < bytes_.size()) {
    const void* found = std::memchr(bytes_.data() + position_, 0xFF, bytes_.size() - position_);
    if (found == nullptr) break;
    position_ = static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - bytes_.data());
    const std::optional<FrameHeader> header = header_at(position_);
    // Among garbage two headers may be chance: three decide where much depends on it.
    const bool same_rate = header.has_value() && first_.has_value() && header->rate_index == first_->rate_index;
    if (header.has_value() && is_confirmed(position_, *header, same_rate ? 1 : 2)) {
      rate_changed_ = first_.has_value() && !same_rate;
      return !rate_changed_;
    }
    ++position_;
  }
  position_ = bytes_.size();
  return false;
}

std::optional<Frame> FrameStream::next() {
  Frame frame;
  while (skip_tag() || skip_zeros(frame)) {
  }
  std::optional<FrameHeader> header = header_at(position_);
  if (header.has_value() && first_.has_value() && header->rate_index != first_->rate_index) {
    rate_changed_ = is_confirmed(position_, *header, 1);
    if (rate_changed_) return std::nullopt;
    header.reset();
  }
  if (!header.has_value() || (!first_.has_value() && !is_confirmed(position_, *header, 1))) {
    frame.after_loss = true;
    if (!find_header()) return std::nullopt;
    header = header_at(position_);
  }
  if (header->size > bytes_.size() - position_) return std::nullopt;  // cut off
  if (!first_.has_value()) first_ = header;
  frame.header = *header;
  frame.bytes = bytes_.subspan(position_, header->size);
  position_ += header->size;
  return frame;
}

}  // namespace hitscope::ingest::mp3
