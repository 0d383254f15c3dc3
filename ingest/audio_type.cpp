#include "ingest/audio_type.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "ingest/mp3/frame_header.h"

namespace hitscope::ingest {
namespace {

bool has(std::span<const std::byte> bytes, std::size_t at, std::string_view word) {
  if (bytes.size() < at + word.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (static_cast<char>(bytes[at + i]) != word[i]) return false;
  }
  return true;
}

std::uint8_t at(std::span<const std::byte> bytes, std::size_t i) {
  return std::to_integer<std::uint8_t>(bytes[i]);
}

/// Length in bytes of the MPEG layer III frame at the start of `b`; nullopt where its header is not valid.
std::optional<std::size_t> mpeg_frame_bytes(std::span<const std::byte> b) {
  constexpr std::size_t kHeader = 4;
  if (b.size() < kHeader) return std::nullopt;
  const auto header = mp3::parse_header(reinterpret_cast<const std::uint8_t*>(b.data()));
  return header ? std::optional(header->size) : std::nullopt;
}

/// Length in bytes of the ADTS frame (raw AAC) at the start of `b`; nullopt where its header is not valid.
std::optional<std::size_t> adts_frame_bytes(std::span<const std::byte> b) {
  constexpr std::size_t kHeader = 7;
  if (b.size() < kHeader || at(b, 0) != 0xFF || (at(b, 1) & 0xF6U) != 0xF0U || ((at(b, 2) >> 2U) & 15U) > 12) {
    return std::nullopt;
  }
  const std::size_t bytes = (at(b, 3) & 3U) << 11U | static_cast<std::size_t>(at(b, 4)) << 3U | at(b, 5) >> 5U;
  return bytes > kHeader ? std::optional(bytes) : std::nullopt;
}

using FrameBytes = std::optional<std::size_t> (*)(std::span<const std::byte>);

/// How many frames follow each other from the start of `b` on, counted up to `most`; the last may be cut off.
int count_frames(std::span<const std::byte> b, int most, FrameBytes frame_bytes) {
  int n = 0;
  for (; n < most; ++n) {
    const auto frame = frame_bytes(b);
    if (!frame) return n;
    if (*frame >= b.size()) return n + 1;
    b = b.subspan(*frame);
  }
  return n;
}

/// Whether `b` starts with two frames, or with one that its end cuts off.
bool has_frames(std::span<const std::byte> b, FrameBytes frame_bytes) {
  const auto first = frame_bytes(b);
  return first && (*first >= b.size() || count_frames(b, 2, frame_bytes) == 2);
}

/// An MP3 with something before its first frame, such as zeros or the rest of a cut frame.
bool has_mp3_behind_garbage(std::span<const std::byte> b) {
  constexpr std::size_t kFarthest = 65536;
  for (std::size_t i = 1; i < std::min(kFarthest, b.size()); ++i) {
    if (at(b, i) == 0xFF && count_frames(b.subspan(i), 3, mpeg_frame_bytes) == 3) return true;
  }
  return false;
}

}  // namespace

std::size_t id3v2_bytes(std::span<const std::byte> bytes) {
  constexpr std::size_t kHeader = 10;
  std::size_t total = 0;
  while (total + kHeader <= bytes.size() && has(bytes, total, "ID3")) {
    std::size_t size = 0;
    for (std::size_t i = 6; i < kHeader; ++i) size = size << 7U | (at(bytes, total + i) & 0x7FU);
    const bool footer = (at(bytes, total + 5) & 0x10U) != 0;
    total += kHeader + size + (footer ? kHeader : 0);
  }
  return total;
}

AudioType audio_type_of(std::span<const std::byte> bytes) {
  const bool tagged = has(bytes, 0, "ID3");
  const std::size_t tags = id3v2_bytes(bytes);
  if (tagged && tags >= bytes.size()) return AudioType::kMp3;
  bytes = bytes.subspan(tags);
  if (has(bytes, 0, "fLaC")) return AudioType::kFlac;
  if (has_frames(bytes, adts_frame_bytes)) return AudioType::kAac;
  if (tagged) return AudioType::kMp3;
  if ((has(bytes, 0, "RIFF") || has(bytes, 0, "RF64")) && has(bytes, 8, "WAVE")) return AudioType::kWav;
  if (has(bytes, 0, "OggS")) return AudioType::kOgg;
  if (has(bytes, 4, "ftyp")) return AudioType::kM4a;
  if (has(bytes, 0, "FORM") && (has(bytes, 8, "AIFF") || has(bytes, 8, "AIFC"))) return AudioType::kAiff;
  if (has_frames(bytes, mpeg_frame_bytes) || has_mp3_behind_garbage(bytes)) return AudioType::kMp3;
  return AudioType::kUnknown;
}

std::span<const AudioFormat> audio_formats() {
  static constexpr std::array<AudioFormat, 7> kFormats{{
      {AudioType::kWav, "WAV", "audio/wav", {".wav"}},
      {AudioType::kFlac, "FLAC", "audio/flac", {".flac"}},
      {AudioType::kOgg, "OGG", "audio/ogg", {".ogg", ".oga", ".opus"}},
      {AudioType::kMp3, "MP3", "audio/mpeg", {".mp3"}},
      {AudioType::kM4a, "M4A", "audio/mp4", {".m4a", ".mp4"}},
      {AudioType::kAac, "AAC", "audio/aac", {".aac"}},
      {AudioType::kAiff, "AIFF", "audio/aiff", {".aiff", ".aif"}},
  }};
  return kFormats;
}

std::string audio_format_names() {
  const auto formats = audio_formats();
  std::string names;
  for (const AudioFormat& format : formats) {
    names += &format == &formats.front() ? "" : &format == &formats.back() ? " or " : ", ";
    names += format.name;
  }
  return names;
}

bool has_audio_extension(std::string_view file_name) {
  const std::size_t dot = file_name.rfind('.');
  if (dot == std::string_view::npos) return false;
  std::string extension(file_name.substr(dot));
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  const auto formats = audio_formats();
  return std::any_of(formats.begin(), formats.end(), [&](const AudioFormat& format) {
    return std::find(format.extensions.begin(), format.extensions.end(), extension) != format.extensions.end();
  });
}

std::string_view extension_of(AudioType type) {
  for (const AudioFormat& format : audio_formats()) {
    if (format.type == type) return format.extensions.front();
  }
  return "";
}

std::string_view media_type_of(AudioType type) {
  for (const AudioFormat& format : audio_formats()) {
    if (format.type == type) return format.media_type;
  }
  return "application/octet-stream";
}

}  // namespace hitscope::ingest
