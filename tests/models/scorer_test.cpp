// Scorer: windows of a waveform, and the mean of what heads say of them.
#include "models/heads/scorer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <span>
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
    const auto* values = reinterpret_cast<const float*>(clip.rows.at(0).values);
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

Scorer scorer_of(std::vector<LoudnessHead*> heads) {
  std::vector<std::unique_ptr<Head>> owned(heads.begin(), heads.end());
  return {std::move(owned), front_end(), kWindow};
}

Scorer scorer(int n_classes) {
  return scorer_of({new LoudnessHead(n_classes)});
}

Score only(std::vector<Score> scores) {
  EXPECT_EQ(scores.size(), 1U);
  return std::move(scores.at(0));
}

using Starts = std::vector<std::size_t>;

/// First samples of the windows of a waveform of `n_samples` samples, told from its end.
Starts window_starts(std::size_t n_samples, std::size_t window) {
  Starts starts{0};
  while (starts.back() + window + window / 10 < n_samples) {
    starts.push_back(std::min(starts.back() + window, n_samples - window));
  }
  return starts;
}

/// The mean over those windows, each computed from the whole waveform.
double mean_over_windows(const std::vector<float>& samples) {
  const Starts starts = window_starts(samples.size(), kWindow);
  dsp::FeatureExtractor extractor(front_end());
  LoudnessHead head(0);
  double mean = 0.0;
  for (const std::size_t start : starts) {
    const dsp::Spectrogram window = extractor.compute_length(std::span(samples).subspan(start), kWindow);
    data::Examples clip;
    clip.n_rows = 1;
    clip.spectrograms = data::one_clip(front_end(), window);
    const std::size_t row = 0;
    mean += head.predict_values(clip, {&row, 1})[0] / static_cast<double>(starts.size());
  }
  return mean;
}

/// A tone that is louder from sample to sample: each window has its own answer.
std::vector<float> swelling_tone(std::size_t n) {
  std::vector<float> samples = tone(n);
  for (std::size_t i = 0; i < n; ++i) samples[i] *= static_cast<float>(i) / static_cast<float>(n);
  return samples;
}

TEST(WindowStartsTest, CoverAWaveformAndLeaveOutARestShorterThanATenth) {
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

constexpr std::size_t kTenth = kWindow / 10;
constexpr std::size_t kLengths[] = {1,
                                    kWindow / 2,
                                    kWindow - 1,
                                    kWindow,
                                    kWindow + 1,
                                    kWindow + kTenth,
                                    kWindow + kTenth + 1,
                                    2 * kWindow - 1,
                                    2 * kWindow,
                                    3 * kWindow + kTenth,
                                    3 * kWindow + kTenth + 1,
                                    3 * kWindow + kWindow / 2,
                                    7 * kWindow + 17};

TEST(ScorerTest, HearsInPiecesTheWindowsOfTheWholeWaveformBitForBit) {
  Scorer pieces = scorer(0);
  for (const std::size_t n : kLengths) {
    const std::vector<float> samples = swelling_tone(n);
    const double want = mean_over_windows(samples);
    EXPECT_EQ(value_of(only(pieces.score(samples))), want) << n;
    for (const std::size_t piece : {n, std::size_t{1}, std::size_t{1000}, kWindow, kWindow + 1, 2 * kWindow + 5}) {
      if (piece == 1 && n > kWindow + 1) continue;
      for (std::size_t at = 0; at < n; at += piece) {
        pieces.add(std::span(samples).subspan(at, std::min(piece, n - at)));
      }
      const Score score = only(pieces.finish());
      EXPECT_EQ(value_of(score), want) << n << " samples in pieces of " << piece;
      EXPECT_EQ(score.n_windows, window_starts(n, kWindow).size()) << n;
    }
  }
}

TEST(ScorerTest, SaysHowManySamplesItHeard) {
  for (const std::size_t n : kLengths) {
    const std::size_t end = window_starts(n, kWindow).back() + kWindow;
    EXPECT_EQ(only(scorer(0).score(tone(n))).n_heard, std::min(n, end)) << n;
  }
  EXPECT_EQ(only(scorer(0).score(tone(kWindow + kTenth))).n_heard, kWindow);
  EXPECT_EQ(only(scorer(0).score(tone(kWindow + kTenth + 1))).n_heard, kWindow + kTenth + 1);
}

TEST(ScorerTest, ClearForgetsTheWaveformThatWasBegun) {
  Scorer two = scorer(0);
  two.add(tone(2 * kWindow + 100, 0.9));
  two.clear();
  two.add(tone(kWindow));
  EXPECT_EQ(value_of(only(two.finish())), mean_over_windows(tone(kWindow)));
}

TEST(ScorerTest, EachHeadAnswersAsItDoesAlone) {
  const std::vector<float> samples = swelling_tone(3 * kWindow + kWindow / 2);
  const std::vector<Score> scores = scorer_of({new LoudnessHead(0), new LoudnessHead(2)}).score(samples);
  ASSERT_EQ(scores.size(), 2U);
  EXPECT_EQ(value_of(scores[0]), value_of(only(scorer(0).score(samples))));
  EXPECT_EQ(std::get<data::Probabilities>(scores[1].prediction).values,
            std::get<data::Probabilities>(only(scorer(2).score(samples)).prediction).values);
}

TEST(WindowMeanTest, StaysTheMeanWhenThereAreTooManyWindowsToKeep) {
  WindowMean mean;
  constexpr int kWindows = 300'000;
  for (int i = 0; i < kWindows; ++i) mean.add(data::Values{{static_cast<double>(i % 100)}});
  EXPECT_NEAR(std::get<data::Values>(mean.mean()).values.at(0), 49.5, 1e-9);
  EXPECT_THROW(WindowMean().mean(), std::logic_error);
}

TEST(ScorerTest, AValueIsTheMeanOverTheWindows) {
  Scorer two = scorer(0);
  std::vector<float> samples = tone(kWindow);
  const double loud = value_of(only(two.score(samples)));
  samples.resize(2 * kWindow, 0.0F);
  const Score score = only(two.score(samples));
  EXPECT_EQ(score.n_windows, 2U);
  EXPECT_GT(loud, 0.0);
  EXPECT_NEAR(value_of(score), loud / 2.0, 1e-12);
}

TEST(ScorerTest, ProbabilitiesAreTheMeanOverTheWindowsAndKeepTheThreshold) {
  std::vector<float> samples = tone(kWindow);
  samples.resize(2 * kWindow, 0.0F);
  const Score score = only(scorer(2).score(samples));
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
  EXPECT_EQ(value_of(only(scorer(0).score(half))), value_of(only(scorer(0).score(padded))));
  EXPECT_EQ(only(scorer(0).score(half)).n_windows, 1U);
}

TEST(ScorerTest, AWindowThatOverflowsIsNamed) {
  std::vector<float> samples = tone(3 * kWindow);
  samples[kWindow + 5] = 3e38F;
  Scorer one = scorer(0);
  try {
    one.score(samples);
    FAIL() << "no SpectrogramError";
  } catch (const SpectrogramError& error) {
    EXPECT_EQ(error.row, 1U);
  }
  EXPECT_EQ(value_of(only(one.score(tone(kWindow)))), mean_over_windows(tone(kWindow))) << "nothing is left of it";
}

TEST(ScorerTest, AHeadThatNeedsTableColumnsIsRefused) {
  for (const HeadInput input : {HeadInput::kTable, HeadInput::kBoth}) {
    EXPECT_THROW(scorer_of({new LoudnessHead(2, input)}), std::invalid_argument);
    EXPECT_THROW(scorer_of({new LoudnessHead(2), new LoudnessHead(2, input)}), std::invalid_argument);
  }
  std::vector<std::unique_ptr<Head>> heads;
  EXPECT_THROW(Scorer(std::move(heads), front_end(), kWindow), std::invalid_argument);
  heads.clear();
  heads.push_back(std::make_unique<LoudnessHead>(2));
  EXPECT_THROW(Scorer(std::move(heads), front_end(), 0), std::invalid_argument);
}

}  // namespace scorer_test
}  // namespace hitscope::models::heads
