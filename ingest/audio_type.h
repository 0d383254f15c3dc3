// What a file is, by its first bytes and never by its name.
// Thread safety: free functions without shared state.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace hitscope::ingest {

enum class AudioType { kUnknown, kWav, kFlac, kOgg, kMp3, kM4a, kAiff };

/// Looks at the first few hundred bytes. Whatever starts with an ID3 tag is taken for MP3; MP3 without one is
/// recognised by two frame headers in a row, so text is not taken for it.
AudioType audio_type_of(std::span<const std::byte> bytes);

/// ".mp3" and "audio/mpeg"; empty and "application/octet-stream" for kUnknown.
std::string_view extension_of(AudioType type);
std::string_view media_type_of(AudioType type);

}  // namespace hitscope::ingest
