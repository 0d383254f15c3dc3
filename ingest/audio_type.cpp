#include "ingest/audio_type.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "ingest/frame_sizes.h"

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

/// Whether `b` starts with two frames, or with one that its end cuts off.
bool has_frames(std::span<const std::byte> b, FrameBytes frame_bytes) {
  const auto first = frame_bytes(b);
  return first && (*first >= b.size() || count_frames(b, 2, frame_bytes) == 2);
}

/// An MP3 with something before its first frame, such as zeros or the rest of a cut frame.
bool has_mp3_behind_garbage(std::span<const std::byte> b) {
  constexpr std::size_t kFarthest = 65536;
  for (std::size_t i = 1; i < std::min(kFarthest, b.size()); ++i) {
    if (at(b, i) == 0xFF && count_frames(b.subspan(i), 3, mp3_frame_bytes) == 3) return true;
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

namespace {

/// Bytes that stand at a fixed place in files of a type; several rows for a type are alternatives.
struct Magic {
  AudioType type;
  std::string_view first;     ///< at byte 0; empty: anything
  std::size_t at = 0;         ///< offset of `second`
  std::string_view second{};  ///< empty: anything
};

constexpr auto kMagic = std::to_array<Magic>({
    {AudioType::kFlac, "fLaC"},
    {AudioType::kWav, "RIFF", 8, "WAVE"},
    {AudioType::kWav, "RF64", 8, "WAVE"},
    {AudioType::kWav, "BW64", 8, "WAVE"},
    {AudioType::kWav, "RIFX", 8, "WAVE"},
    {AudioType::kOgg, "OggS"},
    {AudioType::kM4a, "", 4, "ftyp"},
    {AudioType::kAiff, "FORM", 8, "AIFF"},
    {AudioType::kAiff, "FORM", 8, "AIFC"},
    {AudioType::kSvx, "FORM", 8, "8SVX"},
    {AudioType::kSvx, "FORM", 8, "16SV"},
    {AudioType::kWavPack, "wvpk"},
    {AudioType::kApe, "MAC "},
    {AudioType::kWma, "\x30\x26\xB2\x75\x8E\x66\xCF\x11"},  // the identifier of an ASF header
    {AudioType::kAu, ".snd"},
    {AudioType::kAu, "dns."},
    {AudioType::kCaf, "caff"},
    {AudioType::kW64, "riff\x2E\x91\xCF\x11\xA5\xD6\x28\xDB"},
    {AudioType::kTta, "TTA1"},
    {AudioType::kMatroska, "\x1A\x45\xDF\xA3"},
    {AudioType::kAmr, "#!AMR"},
    {AudioType::kVoc, "Creative Voice File\x1A"},
    {AudioType::kNist, "NIST_1A\n"},
    {AudioType::kIrcam, {"\x64\xA3\x01\x00", 4}},
    {AudioType::kIrcam, {"\x64\xA3\x02\x00", 4}},
    {AudioType::kIrcam, {"\x64\xA3\x03\x00", 4}},
    {AudioType::kIrcam, {"\x64\xA3\x04\x00", 4}},
    {AudioType::kIrcam, {"\x00\x02\xA3\x64", 4}},
});

AudioType type_by_magic(std::span<const std::byte> bytes) {
  const auto row = std::find_if(kMagic.begin(), kMagic.end(), [&](const Magic& magic) {
    return has(bytes, 0, magic.first) && has(bytes, magic.at, magic.second);
  });
  return row == kMagic.end() ? AudioType::kUnknown : row->type;
}

AudioType type_by_frames(std::span<const std::byte> bytes) {
  if (has_frames(bytes, adts_frame_bytes)) return AudioType::kAac;
  if (has_frames(bytes, mp3_frame_bytes)) return AudioType::kMp3;
  // Their headers are looser: UTF-16 text begins as MPEG layer I might. Two must really be there.
  constexpr std::pair<AudioType, FrameBytes> kOthers[] = {{AudioType::kMp2, mp2_frame_bytes},
                                                          {AudioType::kAc3, ac3_frame_bytes},
                                                          {AudioType::kEac3, eac3_frame_bytes},
                                                          {AudioType::kDts, dts_frame_bytes}};
  for (const auto& [type, frame_bytes] : kOthers) {
    if (count_frames(bytes, 2, frame_bytes) == 2) return type;
  }
  if (has_free_format_frames(bytes, 1) || has_free_format_frames(bytes, 2)) return AudioType::kMp2;
  return has_free_format_frames(bytes, 3) || has_mp3_behind_garbage(bytes) ? AudioType::kMp3 : AudioType::kUnknown;
}

}  // namespace

AudioType audio_type_of(std::span<const std::byte> bytes) {
  const std::size_t tags = id3v2_bytes(bytes);
  if (tags >= bytes.size()) return has(bytes, 0, "ID3") ? AudioType::kMp3 : AudioType::kUnknown;
  const auto untagged = bytes.subspan(tags);
  AudioType type = type_by_magic(untagged);
  if (type == AudioType::kUnknown) type = type_by_frames(untagged);
  return type == AudioType::kUnknown && has(bytes, 0, "ID3") ? AudioType::kMp3 : type;
}

std::span<const AudioFormat> audio_formats() {
  using enum AudioType;
  using enum Reader;
  static constexpr auto kFormats = std::to_array<AudioFormat>({
      {kWav, "WAV", "audio/wav", {".wav", ".wave", ".bwf"}, kSndfile, "wav"},
      {kFlac, "FLAC", "audio/flac", {".flac"}, kSndfile, "flac"},
      {kOgg, "OGG", "audio/ogg", {".ogg", ".oga", ".opus", ".spx"}, kSndfile, "ogg"},
      {kMp3, "MP3", "audio/mpeg", {".mp3"}, kMpeg, "mp3"},
      {kM4a, "M4A", "audio/mp4", {".m4a", ".mp4", ".m4b", ".3gp"}, kFfmpeg, "mov"},
      {kAac, "AAC", "audio/aac", {".aac"}, kFfmpeg, "aac"},
      {kAiff, "AIFF", "audio/aiff", {".aiff", ".aif", ".aifc"}, kSndfile, "aiff"},
      {kMp2, "MP2", "audio/mpeg", {".mp2", ".mp1", ".mpa"}, kMpeg, "mp3"},
      {kAc3, "AC-3", "audio/ac3", {".ac3"}, kFfmpeg, "ac3"},
      {kEac3, "E-AC-3", "audio/eac3", {".eac3", ".ec3"}, kFfmpeg, "eac3"},
      {kDts, "DTS", "audio/vnd.dts", {".dts"}, kFfmpeg, "dts"},
      {kWavPack, "WavPack", "audio/x-wavpack", {".wv"}, kFfmpeg, "wv"},
      {kApe, "Monkey's Audio", "audio/x-ape", {".ape"}, kFfmpeg, "ape"},
      {kWma, "WMA", "audio/x-ms-wma", {".wma", ".asf"}, kFfmpeg, "asf"},
      {kAu, "AU", "audio/basic", {".au", ".snd"}, kSndfile, "au"},
      {kCaf, "CAF", "audio/x-caf", {".caf"}, kSndfile, "caf"},
      {kW64, "W64", "audio/x-w64", {".w64"}, kSndfile, "w64"},
      {kTta, "TTA", "audio/x-tta", {".tta"}, kFfmpeg, "tta"},
      {kMatroska, "Matroska", "audio/x-matroska", {".mka", ".mkv", ".webm"}, kFfmpeg, "matroska"},
      {kAmr, "AMR", "audio/amr", {".amr"}, kFfmpeg, "amr"},
      {kVoc, "VOC", "audio/x-voc", {".voc"}, kSndfile, "voc"},
      {kNist, "NIST SPHERE", "audio/x-nist", {".sph", ".nist"}, kSndfile, "nistsphere"},
      {kIrcam, "IRCAM", "audio/x-ircam", {".ircam", ".sf"}, kSndfile, "ircam"},
      {kSvx, "8SVX", "audio/x-8svx", {".8svx", ".iff"}, kSndfile, "iff"},
  });
  return kFormats;
}

const AudioFormat* find_format(AudioType type) {
  const auto formats = audio_formats();
  const auto row =
      std::find_if(formats.begin(), formats.end(), [&](const auto& format) { return format.type == type; });
  return row == formats.end() ? nullptr : &*row;
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
  const AudioFormat* format = find_format(type);
  return format == nullptr ? "" : format->extensions.front();
}

std::string_view media_type_of(AudioType type) {
  const AudioFormat* format = find_format(type);
  return format == nullptr ? "application/octet-stream" : format->media_type;
}

}  // namespace hitscope::ingest
