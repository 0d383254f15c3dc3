// What the tests of decode() share: the formats that can be made in memory, and assertions on recordings and failures.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "ingest/decode.h"
#include "tests/support/audio_fixtures.h"

namespace hitscope::ingest {

using tests::Bytes;
using tests::bytes_of;
using tests::first_part;
using tests::joined;
using tests::Sine;

struct Format {
  const char* name;
  AudioType type;
  Bytes (*make)(const Sine&);
  double tolerance;
  std::size_t edge;  // samples at both ends that lossy coding smears
};

inline constexpr Format kFormats[] = {{"wav int16", AudioType::kWav, tests::wav_int16, 1e-4, 0},
                                      {"wav float32", AudioType::kWav, tests::wav_float32, 1e-6, 0},
                                      {"aiff", AudioType::kAiff, tests::aiff, 1e-4, 0},
                                      {"flac", AudioType::kFlac, tests::flac, 1e-4, 0},
                                      {"ogg vorbis", AudioType::kOgg, tests::ogg_vorbis, 0.03, 2000},
                                      {"mp3", AudioType::kMp3, tests::mp3, 0.03, 2000}};
inline constexpr std::size_t kMp3Frame = 1152;

inline Recording decoded(const Bytes& bytes, const DecodeOptions& options = {}) {
  auto recording = decode(bytes, "song", options);
  if (recording) return std::move(*recording);
  ADD_FAILURE() << recording.error().detail;
  return {};
}

inline Failure failure_of(const Bytes& bytes, const DecodeOptions& options = {}) {
  const auto recording = decode(bytes, "clips/song.mp3", options);
  if (!recording) {
    EXPECT_EQ(recording.error().stage, Stage::kDecode);
    EXPECT_EQ(recording.error().action, Action::kSkip);
    EXPECT_TRUE(recording.error().detail.starts_with("clips/song.mp3: ")) << recording.error().detail;
    return recording.error();
  }
  ADD_FAILURE() << "decoded to " << recording->waveform.samples.size() << " samples";
  return {};
}

inline std::string kind_of(const Failure& failure) {
  return std::string(to_string(failure.kind));
}

inline void expect_part(const Failure& failure, const std::string& part) {
  EXPECT_NE(failure.detail.find(part), std::string::npos) << "no '" << part << "' in: " << failure.detail;
}

/// The samples must be the sine's mean over channels, each within `tolerance`, save `edge` samples at both ends.
inline void expect_sine(const dsp::Waveform& got, const Sine& want, double tolerance, std::size_t edge = 0) {
  ASSERT_EQ(got.sample_rate, want.sample_rate);
  ASSERT_EQ(got.samples.size(), want.n_frames);
  for (std::size_t i = edge; i + edge < got.samples.size(); ++i) {
    ASSERT_NEAR(got.samples[i], want.mean_at(i), tolerance) << "sample " << i;
  }
}

}  // namespace hitscope::ingest
