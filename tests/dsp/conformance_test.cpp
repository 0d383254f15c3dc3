// Features over a grid of front ends against torchaudio 0.13.1, whose answers tests/oracles/record_front_end.py
// records.
//
// Tolerances: filterbank 1e-6; power 1e-5 of the clip's maximum; decibels 1e-3. A cepstral coefficient is a sum of
// n_mels decibels with weights whose squares sum to 1, so an error of e in each of them is one of at most sqrt(n_mels)
// e: 1e-3 sqrt(n_mels). Quality::kFast: 2e-3 dB down to 60 dB below the loudest bin (found: 6e-4).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>
#include <numeric>

#include "dsp/feature_extractor.h"
#include "dsp/presets.h"
#include "tests/dsp/parameter_sets.h"

namespace hitscope::dsp {
namespace conformance_test {

using tests::Answer;
using tests::ParameterSet;
using tests::Signals;

constexpr double kFilterbankTolerance = 1e-6;
constexpr double kPowerTolerance = 1e-5;
constexpr double kDecibelTolerance = 1e-3;
constexpr double kCepstrumTolerance = 1e-3;
constexpr double kFastTolerance = 2e-3;
constexpr double kFastRangeDb = 60.0;

/// The largest differences from torchaudio.
struct Differences {
  double filterbank = 0.0;
  double power = 0.0;     // of the clip's maximum
  double decibel = 0.0;   // dB
  double cepstrum = 0.0;  // over sqrt(n_mels)
  double fast = 0.0;      // dB
  long n_values = 0;

  void include(const Differences& other) {
    filterbank = std::max(filterbank, other.filterbank);
    power = std::max(power, other.power);
    decibel = std::max(decibel, other.decibel);
    cepstrum = std::max(cepstrum, other.cepstrum);
    fast = std::max(fast, other.fast);
    n_values += other.n_values;
  }
  void expect_within_tolerance() const {
    EXPECT_LE(filterbank, kFilterbankTolerance);
    EXPECT_LE(power, kPowerTolerance);
    EXPECT_LE(decibel, kDecibelTolerance);
    EXPECT_LE(cepstrum, kCepstrumTolerance);
    EXPECT_LE(fast, kFastTolerance);
  }
  std::string text() const {
    std::string line(200, '\0');
    line.resize(std::snprintf(line.data(), line.size(),
                              "filterbank %.1e, power %.1e of the maximum, decibel %.1e, mfcc %.1e x sqrt(n_mels), "
                              "fast %.1e dB, %ld values",
                              filterbank, power, decibel, cepstrum, fast, n_values));
    return line;
  }
};

/// Not a number is the largest difference of all.
double largest_difference(const std::vector<float>& got, const std::vector<float>& want) {
  if (got.size() != want.size()) return std::numeric_limits<double>::infinity();
  double largest = 0.0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double difference = std::abs(static_cast<double>(got[i]) - want[i]);
    if (!(difference <= largest)) largest = std::isnan(difference) ? HUGE_VAL : difference;
  }
  return largest;
}

Spectrogram compute(FrontEndConfig config, Scale scale, Quality quality, std::span<const float> signal) {
  config.scale = scale;
  config.quality = quality;
  return FeatureExtractor(config).compute(signal);
}

/// The loudest frequency bin of the clip.
float loudest_bin(FrontEndConfig config, std::span<const float> signal) {
  config.feature = Feature::kSpectrogram;
  const Spectrogram bins = compute(config, Scale::kPower, Quality::kExact, signal);
  return *std::max_element(bins.values.begin(), bins.values.end());
}

/// What a row makes of a flat spectrum of 1.
std::vector<double> row_gains(const FrontEndConfig& config) {
  std::vector<double> gains(config.n_bins(), 1.0);
  if (config.feature == Feature::kSpectrogram) return gains;
  const std::vector<float> dense = MelFilterbank(config).dense();
  for (int m = 0; m < config.n_mels; ++m) {
    const auto row = dense.begin() + static_cast<std::ptrdiff_t>(m) * config.n_freqs();
    gains[m] = std::accumulate(row, row + config.n_freqs(), 0.0);
  }
  return gains;
}

/// In decibels, of the values that a flat spectrum kFastRangeDb below the clip's loudest bin would reach: rounding is
/// relative to the loudest bin, also where no mel band sees it.
double fast_difference(const ParameterSet& set, std::span<const float> signal, const std::vector<float>& want) {
  const Spectrogram got = compute(set.config, Scale::kPower, Quality::kFast, signal);
  const double gain = 20.0 / set.config.power;  // decibels of the amplitude, whatever the power
  const double least = loudest_bin(set.config, signal) * std::pow(10.0, -kFastRangeDb / gain);
  const std::vector<double> row_gain = row_gains(set.config);
  double largest = 0.0;
  for (std::size_t i = 0; i < want.size(); ++i) {
    if (want[i] == 0.0F || want[i] < least * row_gain[i / got.n_frames]) continue;
    const double difference = std::abs(gain * std::log10(static_cast<double>(got.values[i]) / want[i]));
    if (!(difference <= largest)) largest = std::isnan(difference) ? HUGE_VAL : difference;
  }
  return largest;
}

Differences compare(const ParameterSet& set, std::span<const float> signal, const Answer& want) {
  Differences differences;
  differences.n_values = static_cast<long>(want.first.size() + want.decibels.size());
  if (set.config.feature == Feature::kMfcc) {
    const Spectrogram got = compute(set.config, Scale::kDecibel, Quality::kExact, signal);
    differences.cepstrum = largest_difference(got.values, want.first) / std::sqrt(set.config.n_mels);
    return differences;
  }
  const Spectrogram power = compute(set.config, Scale::kPower, Quality::kExact, signal);
  const float maximum = *std::max_element(want.first.begin(), want.first.end());
  const double difference = largest_difference(power.values, want.first);
  differences.power = difference == 0.0 ? 0.0 : difference / maximum;  // silence: nothing but 0 will do
  differences.fast = fast_difference(set, signal, want.first);
  if (want.decibels.empty()) return differences;
  const Spectrogram decibel = compute(set.config, Scale::kDecibel, Quality::kExact, signal);
  differences.decibel = largest_difference(decibel.values, want.decibels);
  return differences;
}

double compare_filterbank(const ParameterSet& set) {
  if (set.filters.empty()) return 0.0;
  return largest_difference(MelFilterbank(set.config).dense(), tests::read_filterbank(set));
}

Differences compare(const ParameterSet& set, const Signals& signals) {
  const std::vector<Answer> answers = tests::read_answers(set, signals.n_signals());
  Differences all;
  all.filterbank = compare_filterbank(set);
  for (std::size_t i = 0; i < signals.n_signals(); ++i) {
    all.include(compare(set, signals.start(i, set.n_samples), answers[i]));
  }
  return all;
}

/// For a reader of the log and of the XML report.
void report(const std::string& name, const Differences& d) {
  std::printf("%-12s %s\n", name.c_str(), d.text().c_str());
  testing::Test::RecordProperty(name, d.text());
}

class ConformanceTest : public testing::TestWithParam<ParameterSet> {};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ConformanceTest);  // GridConformanceTest skips where nothing is recorded

TEST_P(ConformanceTest, GivesTorchaudiosNumbersForEverySignal) {
  const ParameterSet& set = GetParam();
  const Signals signals = tests::read_signals();
  const std::vector<Answer> answers = tests::read_answers(set, signals.n_signals());
  EXPECT_LE(compare_filterbank(set), kFilterbankTolerance);
  for (std::size_t i = 0; i < signals.n_signals(); ++i) {
    SCOPED_TRACE(signals.names[i]);
    compare(set, signals.start(i, set.n_samples), answers[i]).expect_within_tolerance();
  }
}

INSTANTIATE_TEST_SUITE_P(Torchaudio, ConformanceTest, testing::ValuesIn(tests::parameter_sets()), [](const auto& test) {
  std::string name = test.param.name;
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
});

class GridConformanceTest : public testing::Test {
 protected:
  void SetUp() override {
    if (sets_.empty()) GTEST_SKIP() << "no recorded answers: run tests/oracles/record_front_end.py";
  }
  const std::vector<ParameterSet> sets_ = tests::parameter_sets();
};

TEST_F(GridConformanceTest, EveryPresetHasThePublishedParametersAndTheirNumbers) {
  const Signals signals = tests::read_signals();
  for (const Preset& preset : presets()) {
    SCOPED_TRACE(preset.name);
    Differences all;
    int n_features = 0;
    for (const ParameterSet& set : sets_) {
      if (set.preset != preset.name) continue;
      FrontEndConfig published = set.config;
      published.f_max_hz = set.config.resolved_f_max_hz();
      FrontEndConfig ours = preset.config;
      ours.f_max_hz = ours.resolved_f_max_hz();
      ours.feature = set.config.feature;
      ours.amin_of = published.amin_of;  // of what no transform of torchaudio has, PresetsTest tells
      ours.drop_last_frame = published.drop_last_frame;
      EXPECT_EQ(ours, published) << set.name;
      all.include(compare(set, signals));
      ++n_features;
    }
    EXPECT_EQ(n_features, 3) << "mel, spectrogram and mfcc are recorded for a preset";
    all.expect_within_tolerance();
    report(std::string(preset.name), all);
  }
}

TEST_F(GridConformanceTest, TheWholeGridIsWithinTolerance) {
  const Signals signals = tests::read_signals();
  Differences all;
  std::map<Feature, int> n_sets;
  for (const ParameterSet& set : sets_) {
    ++n_sets[set.config.feature];
    all.include(compare(set, signals));
  }
  all.expect_within_tolerance();
  EXPECT_GE(n_sets[Feature::kMel], 60);
  EXPECT_GE(n_sets[Feature::kSpectrogram], 12);
  EXPECT_GE(n_sets[Feature::kMfcc], 12);
  report("grid", all);
}

}  // namespace conformance_test
}  // namespace hitscope::dsp
