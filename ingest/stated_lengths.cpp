#include "ingest/stated_lengths.h"

#include <algorithm>
#include <cstring>

namespace hitscope::ingest {
namespace {

constexpr std::uint64_t kSlack = 512;  // bytes: a header that was counted into the sound

/// Byte order of the sizes in a file of chunks: WAV's little endian, AIFF's big endian.
enum class Order { kLittle, kBig };

std::uint32_t u32(std::span<const std::byte> bytes, std::size_t at, Order order) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value |= std::to_integer<std::uint32_t>(bytes[at + i]) << (8U * (order == Order::kBig ? 3 - i : i));
  }
  return value;
}

Patch patch(std::size_t at, std::uint64_t value, Order order) {
  Patch result{at, {}};
  for (std::size_t i = 0; i < 4; ++i) {
    result.bytes[i] = static_cast<std::byte>(value >> (8U * (order == Order::kBig ? 3 - i : i)));
  }
  return result;
}

/// Where the chunk `name` has its size field; nullopt without one.
std::optional<std::size_t> find_chunk(std::span<const std::byte> bytes, const char* name, Order order) {
  for (std::size_t at = 12; at + 8 <= bytes.size();) {
    if (std::memcmp(bytes.data() + at, name, 4) == 0) return at + 4;
    const std::size_t size = u32(bytes, at + 4, order);
    at += 8 + size + (size & 1U);
  }
  return std::nullopt;
}

/// Whether chunks follow from `at` to the end of the file, as they do behind sound that is really empty.
bool chunks_to_end(std::span<const std::byte> bytes, std::size_t at, Order order) {
  while (at + 8 <= bytes.size()) {
    const std::size_t size = u32(bytes, at + 4, order);
    at += 8 + size + (size & 1U);
  }
  return at == bytes.size() || at == bytes.size() + 1;
}

bool is_placeholder(std::uint64_t bytes) {
  return bytes == 0 || (bytes >= 0x7F00'0000U && bytes <= 0x8000'0200U) || bytes >= 0xFFFF'0000U;
}

/// The sound of a file of chunks.
struct Sound {
  std::size_t size_at;    ///< offset of the size field
  std::uint64_t stated;   ///< bytes of sound that it states
  std::uint64_t held;     ///< bytes from there to the end of the file
  bool is_open() const {  ///< the length is a placeholder, or hardly more than the file
    return is_placeholder(stated) || (stated > held && stated - held <= kSlack);
  }
};

std::optional<Sound> wav_sound(std::span<const std::byte> bytes) {
  const auto at = find_chunk(bytes, "data", Order::kLittle);
  if (!at) return std::nullopt;
  Sound sound{*at, u32(bytes, *at, Order::kLittle), bytes.size() - (*at + 4)};
  // RF64: the size of the file (8 bytes) and that of the sound stand in a chunk of their own.
  const auto ds64 = find_chunk(bytes, "ds64", Order::kLittle);
  if (sound.stated == 0xFFFF'FFFFU && ds64 && *ds64 + 20 <= bytes.size()) {
    sound.stated = u32(bytes, *ds64 + 12, Order::kLittle) |
                   static_cast<std::uint64_t>(u32(bytes, *ds64 + 16, Order::kLittle)) << 32U;
  }
  return sound;
}

/// Sound of an AIFF behind the offset and block size (4 bytes each) of its chunk.
std::optional<Sound> aiff_sound(std::span<const std::byte> bytes) {
  const auto at = find_chunk(bytes, "SSND", Order::kBig);
  if (!at || *at + 12 > bytes.size()) return std::nullopt;
  return Sound{*at, u32(bytes, *at, Order::kBig), bytes.size() - (*at + 4)};
}

/// The chunk COMM of an AIFF: channels (2 bytes), frames (4), bits per sample (2).
struct Common {
  std::size_t frames_at;
  std::uint32_t frames;
  std::uint64_t frame_bytes;  ///< of samples that are not compressed
};

std::optional<Common> aiff_common(std::span<const std::byte> bytes) {
  const auto at = find_chunk(bytes, "COMM", Order::kBig);
  if (!at || *at + 12 > bytes.size()) return std::nullopt;
  const std::uint64_t channels = u32(bytes, *at + 4, Order::kBig) >> 16U;
  const std::uint64_t bits = u32(bytes, *at + 8, Order::kBig) & 0xFFFFU;
  return Common{*at + 6, u32(bytes, *at + 6, Order::kBig), channels * ((bits + 7) / 8)};
}

}  // namespace

std::vector<Patch> length_patches(std::span<const std::byte> bytes, AudioType type) {
  const auto order = type == AudioType::kAiff ? Order::kBig : Order::kLittle;
  const auto sound = type == AudioType::kWav    ? wav_sound(bytes)
                     : type == AudioType::kAiff ? aiff_sound(bytes)
                                                : std::nullopt;
  if (!sound || !is_placeholder(sound->stated) || sound->held == 0) return {};
  if (sound->stated == 0 && chunks_to_end(bytes, sound->size_at + 4, order)) return {};
  std::vector<Patch> patches{patch(sound->size_at, sound->held, order)};
  if (type == AudioType::kAiff) {
    const auto common = aiff_common(bytes);
    if (!common || common->frame_bytes == 0) return {};
    patches.push_back(patch(common->frames_at, (sound->held - 8) / common->frame_bytes, order));
  }
  return patches;
}

std::optional<std::int64_t> wav_promised_frames(std::span<const std::byte> bytes, std::int64_t held) {
  const auto sound = wav_sound(bytes);
  if (!sound || sound->is_open() || sound->stated <= sound->held || sound->held == 0) return std::nullopt;
  // In proportion: right for every coding, blocks of ADPCM included.
  const double frames =
      static_cast<double>(held) * static_cast<double>(sound->stated) / static_cast<double>(sound->held);
  if (!(frames < 1e15)) return std::nullopt;
  return std::max<std::int64_t>(held + 1, static_cast<std::int64_t>(frames));
}

std::optional<std::int64_t> aiff_promised_frames(std::span<const std::byte> bytes) {
  const auto common = aiff_common(bytes);
  const auto sound = aiff_sound(bytes);
  if (!common || (sound && sound->is_open())) return std::nullopt;
  return common->frames;
}

}  // namespace hitscope::ingest
