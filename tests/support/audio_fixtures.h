// Small sound files made in memory, where libsndfile can write the format, or taken from tests/fuzz/corpus/decode.
// Thread safety: free functions without shared state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace hitscope::tests {

using Bytes = std::vector<std::byte>;

/// amplitudes[c] * sin(2 pi hz i / sample_rate) in every channel c.
struct Sine {
  std::vector<double> amplitudes{0.5};  ///< one per channel, at most 1 in size
  int sample_rate = 44100;              ///< Hz
  std::size_t n_frames = 44100;         ///< samples per channel
  double hz = 440.0;

  double at(std::size_t channel, std::size_t i) const;
  /// Mean over channels at sample i.
  double mean_at(std::size_t i) const;
};

Bytes wav_int16(const Sine& sine);
Bytes wav_float32(const Sine& sine);
Bytes aiff(const Sine& sine);
Bytes flac(const Sine& sine);
Bytes ogg_vorbis(const Sine& sine);
/// At 8000, 12000, 16000, 24000 or 48000 Hz.
Bytes ogg_opus(const Sine& sine);
/// At a constant bit rate, with an Info header.
Bytes mp3(const Sine& sine);
/// At a variable bit rate, with a Xing header: the sine in the first half, loud noise in the second, so that the first
/// frames say little about the length of the file.
Bytes mp3_variable_rate(const Sine& sine);
/// Mono float WAV in which every sample is NaN.
Bytes wav_of_nan(std::size_t n_frames);

/// Where the first MPEG frame begins, behind an ID3v2 tag if there is one. Throws std::invalid_argument where there is
/// no frame.
std::size_t first_mpeg_frame(std::span<const std::byte> mp3);
/// The file without its first frame, which must hold a Xing or Info header (std::invalid_argument otherwise).
Bytes strip_info_header(const Bytes& mp3);

/// An ID3v2.3 tag whose body is `n_bytes` times `fill`.
Bytes id3v2_tag(std::size_t n_bytes, std::byte fill = std::byte{0});

Bytes joined(Bytes a, const Bytes& b);
Bytes first_part(const Bytes& bytes, std::size_t size);
Bytes noise(std::size_t size, std::mt19937& random);
/// Writes `value` in little-endian order.
void put_u32(Bytes& bytes, std::size_t at, std::uint32_t value);

/// The file's bytes. Throws std::runtime_error where it cannot be read.
Bytes read_bytes(const std::filesystem::path& path);
/// A file of tests/fuzz/corpus/decode, by its name.
Bytes corpus_file(const std::string& name);

/// `text` as bytes, and bytes as a string.
Bytes bytes_of(const std::string& text);
std::string string_of(std::span<const std::byte> bytes);

}  // namespace hitscope::tests
