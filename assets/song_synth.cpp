#include "assets/song_synth.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>

#include "assets/instruments.h"
#include "assets/seeded_random.h"

namespace hitscope::assets {
namespace {

constexpr int kStepsPerBar = 16;

/// What makes a genre sound like itself; patterns have one character per sixteenth, 'x' is a hit.
struct GenreKit {
  std::string_view kick, snare, bass, chords;
  Envelope chord_envelope;
  int chord_steps;  // sixteenths one chord hit lasts
  int chord_tones = 3;
  bool bright_chords = false;
};

constexpr GenreKit kPopKit = {.kick = "x.....x.x.......",
                              .snare = "....x.......x...",
                              .bass = "x.x.x.x.x.x.x.x.",
                              .chords = "x.......x.......",
                              .chord_envelope = {0.02, 0.9, 0.6, 0.15},
                              .chord_steps = 8};
constexpr GenreKit kRockKit = {.kick = "x.......x.x.....",
                               .snare = "....x.......x...",
                               .bass = "x.x.x.x.x.x.x.x.",
                               .chords = "x.x.x.x.x.x.x.x.",
                               .chord_envelope = {0.005, 0.3, 0.5, 0.05},
                               .chord_steps = 2,
                               .bright_chords = true};
constexpr GenreKit kElectronicKit = {.kick = "x...x...x...x...",
                                     .snare = "....x.......x...",
                                     .bass = "..x...x...x...x.",
                                     .chords = "..x..x....x..x..",
                                     .chord_envelope = {0.005, 0.2, 0.3, 0.08},
                                     .chord_steps = 2,
                                     .bright_chords = true};
constexpr GenreKit kFolkKit = {.kick = "x.......x.......",
                               .snare = "............x...",
                               .bass = "x.......x.......",
                               .chords = "x...x.x.x...x.x.",
                               .chord_envelope = {0.003, 0.4, 0.0, 0.2},
                               .chord_steps = 6};
constexpr GenreKit kHipHopKit = {.kick = "x..x......x..x..",
                                 .snare = "....x.......x...",
                                 .bass = "x.....x...x.....",
                                 .chords = "x.......x.......",
                                 .chord_envelope = {0.01, 1.2, 0.3, 0.3},
                                 .chord_steps = 8,
                                 .chord_tones = 4};

const GenreKit& genre_kit(Genre genre) {
  switch (genre) {
    case Genre::kRock:
      return kRockKit;
    case Genre::kElectronic:
      return kElectronicKit;
    case Genre::kFolk:
      return kFolkKit;
    case Genre::kHipHop:
      return kHipHopKit;
    case Genre::kPop:
      break;
  }
  return kPopKit;
}

double rms(const std::vector<float>& samples) {
  double energy = 0.0;
  for (const float sample : samples) energy += static_cast<double>(sample) * sample;
  return std::sqrt(energy / static_cast<double>(samples.size()));
}

/// The song being written: choices of key, chords and patterns once, then one method per player.
class Song {
 public:
  Song(const SongStyle& style, int seconds, std::uint64_t seed);
  std::vector<float> render();

 private:
  int scale_note(int degree) const;
  double step_start(int bar, int step) const { return (bar * kStepsPerBar + step) * step_s_; }
  int chord_degree(int bar) const { return progression_[static_cast<std::size_t>(bar) % progression_.size()]; }
  void play_chords();
  void play_bass();
  void play_drums();
  std::vector<SungNote> write_melody();
  std::vector<float> sing();
  void echo();
  std::vector<float> master() const;

  SongStyle style_;
  SeededRandom random_;
  const GenreKit& kit_;
  std::size_t n_samples_;
  double step_s_;
  int n_bars_;
  bool minor_;
  int tonic_midi_;
  std::array<int, 4> progression_{};
  Mix mix_;
};

Song::Song(const SongStyle& style, int seconds, std::uint64_t seed)
    : style_(style),
      random_({seed}),
      kit_(genre_kit(style.genre)),
      n_samples_(static_cast<std::size_t>(seconds) * kSampleRate),
      step_s_(60.0 / style.tempo_bpm / 4.0),
      n_bars_(static_cast<int>(std::ceil(seconds / (step_s_ * kStepsPerBar)))),
      minor_(random_.chance(0.45)),
      tonic_midi_(48 + static_cast<int>(random_.index(12))),
      mix_{std::vector<float>(n_samples_), std::vector<float>(n_samples_)} {
  static constexpr std::array<std::array<int, 4>, 6> kProgressions = {
      {{0, 4, 5, 3}, {0, 5, 3, 4}, {5, 3, 0, 4}, {0, 3, 0, 4}, {0, 2, 3, 4}, {1, 4, 0, 5}}};
  progression_ = kProgressions[random_.index(kProgressions.size())];
}

int Song::scale_note(int degree) const {
  static constexpr std::array<int, 7> kMajor = {0, 2, 4, 5, 7, 9, 11}, kMinor = {0, 2, 3, 5, 7, 8, 10};
  const int octave = static_cast<int>(std::floor(degree / 7.0));
  const auto step = static_cast<std::size_t>(degree - 7 * octave);
  return tonic_midi_ + 12 * octave + (minor_ ? kMinor : kMajor)[step];
}

void Song::play_chords() {
  const Wavetable& table = kit_.bright_chords ? wavetables().bright : wavetables().mellow;
  const double length = kit_.chord_steps * step_s_;
  const double level = kit_.bright_chords ? 0.07 : 0.11;
  for (int bar = 0; bar < n_bars_; ++bar) {
    for (int step = 0; step < kStepsPerBar; ++step) {
      if (kit_.chords[static_cast<std::size_t>(step)] != 'x') continue;
      for (int tone = 0; tone < kit_.chord_tones; ++tone) {
        const double detune = random_.uniform(-0.04, 0.04);
        const double frequency = midi_to_hz(scale_note(chord_degree(bar) + 2 * tone) + detune);
        const double pan = 0.5 * (tone - 0.5 * (kit_.chord_tones - 1));
        add_note(mix_, table, kit_.chord_envelope, {step_start(bar, step), length, frequency, level, pan});
      }
    }
  }
}

void Song::play_bass() {
  constexpr Envelope kPlucked = {0.005, 0.25, 0.35, 0.04};
  for (int bar = 0; bar < n_bars_; ++bar) {
    for (int step = 0; step < kStepsPerBar; ++step) {
      if (kit_.bass[static_cast<std::size_t>(step)] != 'x') continue;
      const int fifth = step >= 12 && random_.chance(0.3) ? 4 : 0;
      const double midi = scale_note(chord_degree(bar) + fifth) - (tonic_midi_ > 53 ? 24 : 12);
      add_note(mix_, wavetables().bass, kPlucked, {step_start(bar, step), 1.8 * step_s_, midi_to_hz(midi), 0.22, 0.0});
    }
  }
}

void Song::play_drums() {
  const std::vector<float> kick = kick_drum(random_.uniform(45.0, 60.0));
  const std::vector<float> snare = noise_drum(random_, 0.07, random_.uniform(170.0, 220.0));
  const std::vector<float> hat = noise_drum(random_, 0.025, 0.0);
  const double level = 0.08 + 0.42 * style_.drum_density;
  std::array<bool, kStepsPerBar> hat_on{}, ghost{};
  for (std::size_t step = 0; step < hat_on.size(); ++step) {
    const double wanted = step % 4 == 0 ? 3.0 : step % 2 == 0 ? 1.6 : 0.7;
    hat_on[step] = random_.chance(wanted * style_.drum_density);
    ghost[step] = random_.chance(0.15 * style_.drum_density);
  }
  for (int bar = 0; bar < n_bars_; ++bar) {
    const bool fill = bar % 4 == 3 && style_.drum_density > 0.3;
    for (int step = 0; step < kStepsPerBar; ++step) {
      const auto at = static_cast<std::size_t>(step);
      const double start = step_start(bar, step) + random_.uniform(0.0, 0.004);
      if (kit_.kick[at] == 'x') add_sample(mix_, kick, start, 1.2 * level, 0.0);
      const bool filling = fill && step >= 12 && random_.chance(0.7);
      if (kit_.snare[at] == 'x' || filling) add_sample(mix_, snare, start, 0.8 * level, 0.05);
      if (ghost[at]) add_sample(mix_, snare, start, 0.2 * level, -0.1);
      if (hat_on[at]) add_sample(mix_, hat, start, (step % 4 == 0 ? 0.5 : 0.3) * level, 0.3);
    }
  }
}

/// Two-bar phrases: chord tones on the beat, neighbours between, and a breath at the end of each phrase.
std::vector<SungNote> Song::write_melody() {
  constexpr std::array<int, 5> kLengths = {2, 2, 4, 4, 6};
  std::vector<SungNote> melody;
  const int octave = random_.chance(0.5) ? 7 : (tonic_midi_ > 54 ? 0 : 7);
  for (int bar = 0; bar < n_bars_; bar += 2) {
    int degree = 2 * static_cast<int>(random_.index(3));
    for (int step = 0; step < 2 * kStepsPerBar - 4;) {
      const int length = kLengths[random_.index(kLengths.size())];
      const bool on_beat = step % 4 == 0;
      if (on_beat && random_.chance(0.6)) {
        degree = chord_degree(bar + step / kStepsPerBar) + 2 * static_cast<int>(random_.index(3));
      } else {
        degree += static_cast<int>(random_.index(3)) - 1;
      }
      degree = std::clamp(degree, -2, 9);
      melody.push_back({step_start(bar, step), 0.92 * length * step_s_,
                        static_cast<double>(scale_note(degree + octave)), random_.index(Singer::kVowelCount)});
      step += length;
    }
  }
  return melody;
}

std::vector<float> Song::sing() {
  std::vector<float> track(n_samples_);
  Singer singer(random_);
  for (const SungNote& note : write_melody()) singer.sing(note, track);
  return track;
}

/// A quiet cross-fed echo a dotted eighth behind, which also gives the centred voice some width.
void Song::echo() {
  const auto delay = static_cast<std::size_t>(3.0 * step_s_ * kSampleRate);
  for (std::size_t i = delay; i < n_samples_; ++i) {
    const float left = mix_.left[i - delay];
    mix_.left[i] += 0.16F * mix_.right[i - delay];
    mix_.right[i] += 0.2F * left;
  }
}

float soft_clip(float value) {
  return 0.97F * value / std::sqrt(1.0F + value * value);
}

/// Low-pass to the wanted brightness, then the gain into the soft clipper that gives the wanted RMS.
std::vector<float> Song::master() const {
  std::vector<float> samples(2 * n_samples_);
  StateVariableFilter left, right;
  const double cutoff_hz = 1800.0 * std::pow(14000.0 / 1800.0, style_.brightness);
  left.tune(cutoff_hz, 0.7);
  right.tune(cutoff_hz, 0.7);
  for (std::size_t i = 0; i < n_samples_; ++i) {
    const float edge = std::min(1.0F, static_cast<float>(std::min(i, n_samples_ - 1 - i)) / 900.0F);
    samples[2 * i] = edge * left.low_pass(mix_.left[i]);
    samples[2 * i + 1] = edge * right.low_pass(mix_.right[i]);
  }
  constexpr std::size_t kStride = 31;  // odd, so both channels are heard; the level needs no more
  const double wanted = std::pow(10.0, style_.loudness_dbfs / 20.0);
  double low = 0.0, high = 64.0;
  std::vector<float> probe;
  for (std::size_t i = 0; i < samples.size(); i += kStride) probe.push_back(samples[i]);
  std::vector<float> clipped(probe.size());
  for (int round = 0; round < 16; ++round) {
    const double gain = 0.5 * (low + high);
    std::transform(probe.begin(), probe.end(), clipped.begin(),
                   [gain](float x) { return soft_clip(static_cast<float>(gain) * x); });
    (rms(clipped) < wanted ? low : high) = gain;
  }
  const auto gain = static_cast<float>(high);
  for (float& sample : samples) sample = soft_clip(gain * sample);
  return samples;
}

std::vector<float> Song::render() {
  play_chords();
  play_bass();
  play_drums();
  const std::vector<float> voice = sing();
  const double band_level = rms(mix_.left) + rms(mix_.right);
  // Against the measured level of the band, so that `vocals` means the same over every arrangement.
  const auto gain = static_cast<float>((0.02 + 1.2 * style_.vocals) * 0.5 * band_level / std::max(rms(voice), 1e-9));
  for (std::size_t i = 0; i < n_samples_; ++i) {
    mix_.left[i] += gain * voice[i];
    mix_.right[i] += gain * voice[i];
  }
  echo();
  return master();
}

}  // namespace

std::vector<float> synthesise_song(const SongStyle& style, int seconds, std::uint64_t seed) {
  return Song(style, seconds, seed).render();
}

}  // namespace hitscope::assets
