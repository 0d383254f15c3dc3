// A small synthesiser of plausible pop songs: chords, bass, drums and a sung lead, from a handful of audible
// properties.
//
// It stands in for real previews, which cannot be given away: what a listener would call tempo, loudness, brightness
// and amount of singing is set exactly by `SongStyle`, so a model trained on the clips has something true to find. It
// does not imitate any recording. Samples are interleaved stereo float in (-1, 1) at `kSampleRate`. Pure function of
// its arguments; safe to call from several threads.
#pragma once

#include <cstdint>
#include <vector>

#include "assets/instruments.h"  // kSampleRate

namespace hitscope::assets {

enum class Genre { kPop, kRock, kElectronic, kFolk, kHipHop };
inline constexpr int kGenreCount = 5;

struct SongStyle {
  Genre genre = Genre::kPop;
  double tempo_bpm = 120.0;      // beats per minute, four beats to the bar
  double loudness_dbfs = -14.0;  // RMS of the whole clip, dB relative to full scale
  double brightness = 0.5;       // 0..1, from muffled (1.8 kHz low-pass) to open (14 kHz)
  double vocals = 0.5;           // 0..1, level of the sung lead against the band
  double drum_density = 0.5;     // 0..1, how many hits a bar and how loud
};

/// `seconds` of one song, [seconds * kSampleRate, 2] interleaved. Key, harmony, melody and patterns come from `seed`.
std::vector<float> synthesise_song(const SongStyle& style, int seconds, std::uint64_t seed);

}  // namespace hitscope::assets
