// Scorer: windows of a waveform, and the mean of what a head says of them.
#include "models/heads/scorer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <utility>
#include <variant>
#include <vector>

namespace hitscope::models::heads {
namespace scorer_test {

constexpr std::size_t kWindow = 4096;

dsp::FrontEndConfig front_end() {
  dsp::FrontEndConfig config;
  config.n_fft = 512;
  config.win_length = 512;
  config.hop_length = 256;
  config.n_mels = 8;
  config.scale = dsp::Scale::kPower;
  config.top_db = 0.0;
  return config;
}

/// Says how loud a clip is: the mean of its spectrogram, as a value or as the probability of the second class.
class LoudnessHead final : public Head {
 public:
  explicit LoudnessHead(int n_classes, HeadInput input = HeadInput::kSpectrogram) : n_classes_(n_classes) {
    info_.name = "loudness";
    info_.input = input;
  }
  const HeadInfo& info() const override { return info_; }
  FitSummary fit(const data::Examples&, const data::Targets&, const data::TrainingFold&, const FitOptions&) override {
    return {};
  }
  int n_classes() const override { return n_classes_; }
  HeadFiles save() const override { return {}; }
  void load(const HeadFiles&) override {}

  std::vector<double> predict_values(const data::Examples& examples, std::span<const std::size_t>) override {
    const auto& clip = examples.spectrograms;
    EXPECT_EQ(clip.front_end, front_end());
    EXPECT_EQ(clip.scale(), dsp::Scale::kPower);
    EXPECT_EQ(clip.n_frames, front_end().n_frames(kWindow));
    const auto* values = reinterpret_cast<const float*>(clip.rows.at(0));
    const int n = clip.n_bins() * clip.n_frames;
    double sum = 0.0;
    for (int i = 0; i < n; ++i) sum += values[i];
    return {sum / n};
  }

  data::Probabilities predict(const data::Examples& examples, std::span<const std::size_t> rows) override {
    const double second = predict_values(examples, rows)[0] > 1e-6 ? 0.75 : 0.0;
    return {1, 2, {1.0 - second, second}, 0.4};
  }

 private:
  HeadInfo info_;
  int n_classes_;
};

std::vector<float> tone(std::size_t n, double amplitude = 0.5) {
  std::vector<float> samples(n);
  for (std::size_t i = 0; i < n; ++i) {
    samples[i] = static_cast<float>(amplitude * std::sin(0.3 * static_cast<double>(i)));
  }
  return samples;
}

double value_of(const Score& score) {
  return std::get<data::Values>(score.prediction).values.at(0);
}

Scorer scorer(int n_classes) {
  return {std::make_unique<LoudnessHead>(n_classes), front_end(), kWindow};
}

TEST(WindowStartsTest, CoverAWaveformAndLeaveOutARestShorterThanATenth) {
  using Starts = std::vector<std::size_t>;
  EXPECT_EQ(window_starts(0, 100), (Starts{0}));
  EXPECT_EQ(window_starts(100, 100), (Starts{0}));
  EXPECT_EQ(window_starts(110, 100), (Starts{0}));
  EXPECT_EQ(window_starts(111, 100), (Starts{0, 11}));
  EXPECT_EQ(window_starts(200, 100), (Starts{0, 100}));
  EXPECT_EQ(window_starts(310, 100), (Starts{0, 100, 200}));
  EXPECT_EQ(window_starts(350, 100), (Starts{0, 100, 200, 250}));
  for (std::size_t n = 0; n < 1000; n += 7) {
    for (const std::size_t start : window_starts(n, 100)) EXPECT_LE(start + 100, std::max<std::size_t>(n, 100)) << n;
  }
}

TEST(ScorerTest, AValueIsTheMeanOverTheWindows) {
  Scorer two = scorer(0);
  std::vector<float> samples = tone(kWindow);
  const double loud = value_of(two.score(samples));
  samples.resize(2 * kWindow, 0.0F);
  const Score score = two.score(samples);
  EXPECT_EQ(score.n_windows, 2U);
  EXPECT_GT(loud, 0.0);
  EXPECT_NEAR(value_of(score), loud / 2.0, 1e-12);
}

TEST(ScorerTest, ProbabilitiesAreTheMeanOverTheWindowsAndKeepTheThreshold) {
  std::vector<float> samples = tone(kWindow);
  samples.resize(2 * kWindow, 0.0F);
  const Score score = scorer(2).score(samples);
  const auto& p = std::get<data::Probabilities>(score.prediction);
  EXPECT_NEAR(p.at(0, 0), 0.625, 1e-12);
  EXPECT_NEAR(p.at(0, 1), 0.375, 1e-12);
  EXPECT_EQ(p.threshold, 0.4);
  EXPECT_EQ(p.predicted(0), 0);  // 0.375 is under the threshold
}

TEST(ScorerTest, AShortWaveformIsPaddedWithZeros) {
  const std::vector<float> half = tone(kWindow / 2);
  std::vector<float> padded = half;
  padded.resize(kWindow, 0.0F);
  EXPECT_EQ(value_of(scorer(0).score(half)), value_of(scorer(0).score(padded)));
  EXPECT_EQ(scorer(0).score(half).n_windows, 1U);
}

TEST(ScorerTest, AWindowThatOverflowsIsNamed) {
  std::vector<float> samples = tone(3 * kWindow);
  samples[kWindow + 5] = 3e38F;
  try {
    scorer(0).score(samples);
    FAIL() << "no SpectrogramError";
  } catch (const SpectrogramError& error) {
    EXPECT_EQ(error.row, 1U);
  }
}

TEST(ScorerTest, AHeadThatNeedsTableColumnsIsRefused) {
  for (const HeadInput input : {HeadInput::kTable, HeadInput::kBoth}) {
    EXPECT_THROW(Scorer(std::make_unique<LoudnessHead>(2, input), front_end(), kWindow), std::invalid_argument);
  }
  EXPECT_THROW(Scorer(std::make_unique<LoudnessHead>(2), front_end(), 0), std::invalid_argument);
}

}  // namespace scorer_test
}  // namespace hitscope::models::heads
