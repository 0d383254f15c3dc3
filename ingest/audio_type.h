// What a file is, by its first bytes and never by its name.
// Thread safety: free functions without shared state.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace hitscope::ingest {

enum class AudioType { kUnknown, kWav, kFlac, kOgg, kMp3, kM4a, kAac, kAiff };

/// Looks at the first bytes, behind ID3 tags where there are any; what ends inside such a tag is taken for MP3. MP3 and
/// ADTS AAC have no magic word and are recognised by two frame headers in a row, or three where garbage of up to 64 KiB
/// stands before them, so that text is not taken for sound.
AudioType audio_type_of(std::span<const std::byte> bytes);

/// Bytes of the ID3v2 tags (pictures included) that `bytes` starts with, 0 where there is none; may exceed its size.
std::size_t id3v2_bytes(std::span<const std::byte> bytes);

/// ".mp3" and "audio/mpeg"; empty and "application/octet-stream" for kUnknown.
std::string_view extension_of(AudioType type);
std::string_view media_type_of(AudioType type);

}  // namespace hitscope::ingest
