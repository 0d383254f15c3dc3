#include "assets/instruments.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace hitscope::assets {
namespace {

constexpr double kTwoPi = 2.0 * std::numbers::pi;

// Formant frequencies in Hz of ah, eh, ee, oh, oo.
constexpr std::array<std::array<double, 3>, Singer::kVowelCount> kVowels = {
    {{730, 1090, 2440}, {530, 1840, 2480}, {270, 2290, 3010}, {570, 840, 2410}, {300, 870, 2240}}};

std::size_t to_samples(double seconds) {
  return static_cast<std::size_t>(seconds * kSampleRate);
}

}  // namespace

Wavetable::Wavetable(int n_harmonics, double roll_off) {
  for (std::size_t i = 0; i <= kSize; ++i) {
    const double angle = kTwoPi * static_cast<double>(i) / kSize;
    double value = 0.0;
    for (int k = 1; k <= n_harmonics; ++k) value += std::sin(k * angle) / std::pow(k, roll_off);
    values_[i] = static_cast<float>(0.5 * value);
  }
}

const Wavetables& wavetables() {
  static const Wavetables tables;
  return tables;
}

void StateVariableFilter::tune(double frequency_hz, double q) {
  g_ = static_cast<float>(std::tan(std::numbers::pi * frequency_hz / kSampleRate));
  damping_ = static_cast<float>(1.0 / q);
  scale_ = 1.0F / (1.0F + g_ * (g_ + damping_));
}

double midi_to_hz(double midi) {
  return 440.0 * std::exp2((midi - 69.0) / 12.0);
}

void add_note(Mix& mix, const Wavetable& table, const Envelope& envelope, const Note& note) {
  const std::size_t begin = to_samples(note.start_s);
  const std::size_t natural_end = begin + to_samples(note.length_s + envelope.release_s);
  const std::size_t end = std::min(natural_end, mix.left.size());
  const auto attack = static_cast<float>(1.0 / (envelope.attack_s * kSampleRate));
  const auto release = static_cast<float>(1.0 / (envelope.release_s * kSampleRate));
  const auto decay = static_cast<float>(std::exp(-1.0 / (envelope.decay_s * kSampleRate)));
  const auto sustain = static_cast<float>(envelope.sustain);
  const auto left = static_cast<float>(note.level * (1.0 - note.pan));
  const auto right = static_cast<float>(note.level * (1.0 + note.pan));
  const std::uint32_t step = Wavetable::step(note.frequency_hz);
  std::uint32_t phase = 0;
  float fading = 1.0F - sustain;
  for (std::size_t i = begin; i < end; ++i, phase += step, fading *= decay) {
    const float rise = static_cast<float>(i - begin) * attack;
    const float fall = static_cast<float>(natural_end - i) * release;
    const float value = table.at(phase) * std::min({1.0F, rise, fall}) * (sustain + fading);
    mix.left[i] += left * value;
    mix.right[i] += right * value;
  }
}

void add_sample(Mix& mix, const std::vector<float>& sample, double start_s, double level, double pan) {
  const std::size_t begin = to_samples(start_s);
  if (begin >= mix.left.size()) return;
  const std::size_t length = std::min(sample.size(), mix.left.size() - begin);
  const auto left = static_cast<float>(level * (1.0 - pan));
  const auto right = static_cast<float>(level * (1.0 + pan));
  for (std::size_t i = 0; i < length; ++i) {
    mix.left[begin + i] += left * sample[i];
    mix.right[begin + i] += right * sample[i];
  }
}

std::vector<float> kick_drum(double base_hz) {
  std::vector<float> sample(kSampleRate / 2);
  double phase = 0.0;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    const double t = static_cast<double>(i) / kSampleRate;
    phase += kTwoPi * base_hz * (1.0 + 3.0 * std::exp(-t / 0.02)) / kSampleRate;
    sample[i] = static_cast<float>(std::sin(phase) * std::exp(-t / 0.08));
  }
  return sample;
}

std::vector<float> noise_drum(SeededRandom& random, double decay_s, double tone_hz) {
  std::vector<float> sample(to_samples(6.0 * decay_s));
  double previous = 0.0;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    const double t = static_cast<double>(i) / kSampleRate;
    const double noise = random.uniform(-1.0, 1.0);
    const double tone = 0.6 * std::sin(kTwoPi * tone_hz * t);
    // The first difference is the high-pass.
    sample[i] = static_cast<float>((0.5 * (noise - previous) + tone) * std::exp(-t / decay_s));
    previous = noise;
  }
  return sample;
}

Singer::Singer(SeededRandom& random)
    : random_(random),
      formant_scale_(random.uniform(0.95, 1.2)),
      vibrato_hz_(random.uniform(5.0, 6.2)),
      vibrato_semitones_(random.uniform(0.25, 0.5)) {}

void Singer::steer(const SungNote& note, double time_in_note_s) {
  const bool first = midi_ == 0.0;
  midi_ += (first ? 1.0 : 0.08) * (note.midi - midi_);
  const double depth = vibrato_semitones_ * std::min(1.0, time_in_note_s / 0.3);
  step_ = Wavetable::step(midi_to_hz(midi_ + depth * std::sin(kTwoPi * vibrato_hz_ * time_in_note_s)));
  for (std::size_t f = 0; f < formants_.size(); ++f) {
    formant_hz_[f] += (first ? 1.0 : 0.06) * (kVowels[note.vowel][f] - formant_hz_[f]);
    formants_[f].tune(formant_scale_ * formant_hz_[f], 9.0);
  }
}

void Singer::sing(const SungNote& note, std::vector<float>& track) {
  constexpr std::size_t kSteerPeriod = 64;  // samples; pitch and formants move slowly
  constexpr std::array<float, 3> kFormantLevels = {1.0F, 0.7F, 0.4F};
  const Wavetable& glottis = wavetables().glottis;
  const std::size_t begin = to_samples(note.start_s), length = to_samples(note.length_s);
  for (std::size_t i = 0; i < length && begin + i < track.size(); ++i, phase_ += step_) {
    if (i % kSteerPeriod == 0) steer(note, static_cast<double>(i) / kSampleRate);
    const float rise = static_cast<float>(i) / 900.0F, fall = static_cast<float>(length - i) / 1500.0F;
    const float breath = 0.05F * static_cast<float>(random_.uniform(-1.0, 1.0));
    const float source = std::min({1.0F, rise, fall}) * (glottis.at(phase_) + breath);
    float value = 0.1F * source;
    for (std::size_t f = 0; f < formants_.size(); ++f) value += kFormantLevels[f] * formants_[f].band_pass(source);
    track[begin + i] = value;
  }
}

}  // namespace hitscope::assets
