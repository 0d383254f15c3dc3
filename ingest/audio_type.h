// Recognises audio formats by a file's first bytes, never by its name.
// Thread safety: free functions without shared state.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace hitscope::ingest {

enum class AudioType { kUnknown, kWav, kFlac, kOgg, kMp3, kM4a, kAac, kAiff };

/// The format of `bytes`, the beginning of a file. ID3 tags are skipped; bytes that end inside such a tag count as MP3.
/// MP3 and ADTS AAC have no magic number and are recognised by two consecutive frame headers, or three after garbage of
/// up to 64 KiB, so that text is not taken for audio.
AudioType audio_type_of(std::span<const std::byte> bytes);

/// The size of the ID3v2 tags (pictures included) at the start of `bytes`; 0 without one. It may exceed bytes.size().
std::size_t id3v2_bytes(std::span<const std::byte> bytes);

/// What is known of a format besides its first bytes.
struct AudioFormat {
  AudioType type;
  std::string_view name;                       ///< for people: "MP3"
  std::string_view media_type;                 ///< "audio/mpeg"
  std::array<std::string_view, 4> extensions;  ///< in lower case, the usual one first; empty texts fill the rest
};
/// Every format but kUnknown: a new one has a row here.
std::span<const AudioFormat> audio_formats();
/// "WAV, FLAC, OGG, MP3, M4A, AAC or AIFF".
std::string audio_format_names();
/// Whether a file name ends in an extension of one of the formats, in any case.
bool has_audio_extension(std::string_view file_name);

/// The extension (".mp3") and the media type ("audio/mpeg"); empty and "application/octet-stream" for kUnknown.
std::string_view extension_of(AudioType type);
std::string_view media_type_of(AudioType type);

}  // namespace hitscope::ingest
