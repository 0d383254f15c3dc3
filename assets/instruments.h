// The players of the synthesiser: tuned notes from wavetables, drum hits, and a singer made of formants.
//
// Everything adds into or returns mono or stereo float buffers at `kSampleRate`; levels are linear, nothing is clipped
// here. Deterministic: whatever is random is drawn from the caller's generator. Functions are safe to call from several
// threads on different buffers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "assets/seeded_random.h"

namespace hitscope::assets {

inline constexpr int kSampleRate = 44100;

/// A stereo recording in the making; both channels have the same length.
struct Mix {
  std::vector<float> left, right;
};

/// One period of a waveform, read with a 32-bit phase: the top bits are the index, so wrapping costs nothing.
class Wavetable {
 public:
  /// Harmonics 1..n_harmonics at 1 / k^roll_off; the caller keeps the highest one below the Nyquist frequency.
  Wavetable(int n_harmonics, double roll_off);

  float at(std::uint32_t phase) const {
    const std::uint32_t index = phase >> kFractionBits;
    const float fraction = static_cast<float>(phase & ((1U << kFractionBits) - 1)) * (1.0F / (1U << kFractionBits));
    return values_[index] + fraction * (values_[index + 1] - values_[index]);
  }

  /// Phase advance per sample.
  static std::uint32_t step(double frequency_hz) {
    return static_cast<std::uint32_t>(frequency_hz / kSampleRate * 4294967296.0);
  }

 private:
  static constexpr std::size_t kSize = 2048;
  static constexpr int kFractionBits = 21;
  std::array<float, kSize + 1> values_{};
};

struct Wavetables {
  Wavetable bright{24, 1.0};  // a saw: rock and electronic chords
  Wavetable mellow{12, 1.9};  // plucked and pad chords
  Wavetable bass{16, 1.4};
  Wavetable glottis{24, 1.1};  // what the formants shape
};

/// Built once, on first use.
const Wavetables& wavetables();

/// Attack and release are straight lines; between them the level decays exponentially towards `sustain` (0..1).
struct Envelope {
  double attack_s, decay_s, sustain, release_s;
};

struct Note {
  double start_s, length_s, frequency_hz, level, pan;  // pan -1 (left) .. 1 (right)
};

struct SungNote {
  double start_s, length_s, midi;
  std::size_t vowel;  // 0..Singer::kVowelCount - 1
};

/// Second-order state-variable filter (trapezoidal): stays stable while its frequency glides, which a direct-form
/// biquad does not.
class StateVariableFilter {
 public:
  void tune(double frequency_hz, double q);
  float low_pass(float input) {
    advance(input);
    return low_;
  }
  /// Gain 1 at the centre.
  float band_pass(float input) {
    advance(input);
    return damping_ * band_;
  }

 private:
  void advance(float input) {
    band_ = scale_ * (band_state_ + g_ * (input - low_state_));
    low_ = low_state_ + g_ * band_;
    band_state_ = 2.0F * band_ - band_state_;
    low_state_ = 2.0F * low_ - low_state_;
  }

  float g_ = 0.0F, damping_ = 1.0F, scale_ = 1.0F;
  float band_state_ = 0.0F, low_state_ = 0.0F, band_ = 0.0F, low_ = 0.0F;
};

double midi_to_hz(double midi);

/// Adds one note; whatever lies past the end of the mix is dropped.
void add_note(Mix& mix, const Wavetable& table, const Envelope& envelope, const Note& note);

/// Adds a drum hit; whatever lies past the end of the mix is dropped.
void add_sample(Mix& mix, const std::vector<float>& sample, double start_s, double level, double pan);

std::vector<float> kick_drum(double base_hz);

/// A burst of high-passed noise over a short tone: a snare with a tone, a hi-hat without (`tone_hz` 0).
std::vector<float> noise_drum(SeededRandom& random, double decay_s, double tone_hz);

/// A voice: a glottal pulse with vibrato and breath through three formants that glide from vowel to vowel.
class Singer {
 public:
  static constexpr std::size_t kVowelCount = 5;

  explicit Singer(SeededRandom& random);

  /// Writes one note into a mono track. Notes are sung in order: pitch and vowel glide from the one before.
  void sing(const SungNote& note, std::vector<float>& track);

 private:
  void steer(const SungNote& note, double time_in_note_s);

  SeededRandom& random_;
  double formant_scale_, vibrato_hz_, vibrato_semitones_;
  std::array<StateVariableFilter, 3> formants_;
  std::array<double, 3> formant_hz_{};
  double midi_ = 0.0;
  std::uint32_t phase_ = 0, step_ = 0;
};

}  // namespace hitscope::assets
