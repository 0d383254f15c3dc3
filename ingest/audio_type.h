// Recognises audio formats by a file's first bytes, never by its name.
// Thread safety: free functions without shared state.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace hitscope::ingest {

enum class AudioType { kUnknown, kWav, kFlac, kOgg, kMp3, kM4a, kAac, kAiff };

/// The format of `bytes`, the beginning of a file. ID3 tags are skipped; bytes that end inside such a tag count as MP3.
/// MP3 and ADTS AAC have no magic number and are recognised by two consecutive frame headers, or three after garbage of
/// up to 64 KiB, so that text is not taken for audio.
AudioType audio_type_of(std::span<const std::byte> bytes);

/// The size of the ID3v2 tags (pictures included) at the start of `bytes`; 0 without one. It may exceed bytes.size().
std::size_t id3v2_bytes(std::span<const std::byte> bytes);

/// The extension (".mp3") and the media type ("audio/mpeg"); empty and "application/octet-stream" for kUnknown.
std::string_view extension_of(AudioType type);
std::string_view media_type_of(AudioType type);

}  // namespace hitscope::ingest
