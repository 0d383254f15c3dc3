// For the tests of the MP3 decoder: files made by LAME (through libsndfile) of music-like sound, libmpg123 as the
// oracle, and means to change single frames. All signals are deterministic. Thread safety: free functions without
// shared state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "ingest/mp3/decoder.h"
#include "ingest/mp3/frame_header.h"

namespace hitscope::tests {

using Bytes = std::vector<std::byte>;

enum class Content { kMusic, kNoise, kSine, kSilence };

struct Mp3Shape {
  int sample_rate = 44100;
  int n_channels = 2;
  bool variable_rate = false;
  double compression = 0.5;  ///< 0: the highest bit rate, 1: the lowest
  Content content = Content::kMusic;
  std::size_t n_frames = 30000;  ///< samples per channel
};

/// With an Info or Xing header and LAME's extension of it, but for the smallest frames, which have no room for it.
/// kMusic has beats at different times in its two channels.
Bytes lame(const Mp3Shape& shape);
/// Without the frame of the Info header, if there is one.
Bytes without_info(const Bytes& mp3);

struct Decoded {
  std::vector<float> mono;
  std::optional<std::int64_t> promised;
  double channel_peak = 0.0;  ///< of all channels; by_libmpg123 only
};

/// Mean of libmpg123's channels, without encoder delay and padding. Throws std::runtime_error where libmpg123
/// finds no audio.
Decoded by_libmpg123(const Bytes& mp3, bool half_rate = false);
/// Decodes all channels and only counts the samples: what it costs.
std::size_t count_by_libmpg123(const Bytes& mp3);
/// By our decoder, `block` samples at a time.
Decoded by_us(const Bytes& mp3, ingest::mp3::Rate rate = ingest::mp3::Rate::kFull, std::size_t block = 5000);

double largest_difference(const std::vector<float>& a, const std::vector<float>& b);

/// Calls `change` for each frame but an Info frame.
void change_frames(Bytes& mp3,
                   const std::function<void(const ingest::mp3::FrameHeader&, std::span<std::uint8_t>)>& change);
void set_bits(std::span<std::uint8_t> bytes, std::size_t at, std::size_t n, std::uint32_t value);
std::uint32_t get_bits(std::span<const std::uint8_t> bytes, std::size_t at, std::size_t n);
Bytes random_bytes(std::size_t n, unsigned seed);
Bytes joined(std::initializer_list<Bytes> parts);

}  // namespace hitscope::tests
