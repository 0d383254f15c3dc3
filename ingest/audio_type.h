// Recognises audio formats by a file's first bytes, never by its name.
// Thread safety: free functions without shared state.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace hitscope::ingest {

enum class AudioType {
  kUnknown,
  kWav,
  kFlac,
  kOgg,
  kMp3,  ///< MPEG layer III
  kM4a,
  kAac,
  kAiff,
  kMp2,  ///< MPEG layer I or II
  kAc3,
  kEac3,
  kDts,
  kWavPack,
  kApe,
  kWma,
  kAu,
  kCaf,
  kW64,
  kTta,
  kMatroska,
  kAmr,
  kVoc,
  kNist,
  kIrcam,
  kSvx,
};

/// The format of `bytes`, the beginning of a file. ID3 tags before any format are skipped; bytes that end inside such a
/// tag count as MP3. MPEG audio, ADTS AAC, AC-3 and DTS have no magic number and are recognised by two consecutive
/// frame headers (MP3 by three after garbage of up to 64 KiB), so that text is not taken for audio.
AudioType audio_type_of(std::span<const std::byte> bytes);

/// The size of the ID3v2 tags (pictures included) at the start of `bytes`; 0 without one. It may exceed bytes.size().
std::size_t id3v2_bytes(std::span<const std::byte> bytes);

/// Which library reads a format first; FFmpeg's are asked where it cannot.
enum class Reader { kSndfile, kMpeg, kFfmpeg };

/// What is known of a format besides its first bytes.
struct AudioFormat {
  AudioType type;
  std::string_view name;                       ///< for people: "MP3"
  std::string_view media_type;                 ///< "audio/mpeg"
  std::array<std::string_view, 4> extensions;  ///< in lower case, the usual one first; empty texts fill the rest
  Reader reader;
  const char* demuxer;  ///< FFmpeg's short name of the container: "mp3"
};
/// Every format but kUnknown: a new one has a row here.
std::span<const AudioFormat> audio_formats();
/// The row of `type`; nullptr for kUnknown.
const AudioFormat* find_format(AudioType type);
/// "WAV, FLAC, OGG, MP3, …".
std::string audio_format_names();
/// Whether a file name ends in an extension of one of the formats, in any case.
bool has_audio_extension(std::string_view file_name);

/// The extension (".mp3") and the media type ("audio/mpeg"); empty and "application/octet-stream" for kUnknown.
std::string_view extension_of(AudioType type);
std::string_view media_type_of(AudioType type);

}  // namespace hitscope::ingest
