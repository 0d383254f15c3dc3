// The presets against what their namesakes publish, written out. Their numbers: dsp/conformance_test.cpp.
#include "dsp/presets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "dsp/feature_extractor.h"

namespace hitscope::dsp {
namespace presets_test {

FrontEndConfig preset(std::string_view name) {
  const Preset* found = find_preset(name);
  if (found == nullptr) ADD_FAILURE() << "no preset " << name;
  return found == nullptr ? FrontEndConfig{} : found->config;
}

void expect_transform(const FrontEndConfig& c, int sample_rate, int n_fft, int hop_length) {
  EXPECT_EQ(c.feature, Feature::kMel);
  EXPECT_EQ(c.scale, Scale::kDecibel);
  EXPECT_EQ(c.quality, Quality::kExact);
  EXPECT_EQ(c.sample_rate, sample_rate);
  EXPECT_EQ(c.n_fft, n_fft);
  EXPECT_EQ(c.win_length, n_fft);
  EXPECT_EQ(c.hop_length, hop_length);
  EXPECT_EQ(c.window, Window::kHann);
  EXPECT_TRUE(c.center);
  EXPECT_EQ(c.power, 2.0);
  EXPECT_EQ(c.amin, 1e-10);
}

void expect_filters(const FrontEndConfig& c, int n_mels, double f_min_hz, double f_max_hz, MelScale scale,
                    MelNorm norm) {
  EXPECT_EQ(c.n_mels, n_mels);
  EXPECT_EQ(c.f_min_hz, f_min_hz);
  EXPECT_EQ(c.resolved_f_max_hz(), f_max_hz);
  EXPECT_EQ(c.mel_scale, scale);
  EXPECT_EQ(c.norm, norm);
}

TEST(PresetsTest, EachValidatesAndHasItsOwnNameAndADescription) {
  std::set<std::string_view> names;
  for (const Preset& preset : presets()) {
    EXPECT_NO_THROW(preset.config.validate()) << preset.name;
    EXPECT_TRUE(names.insert(preset.name).second) << preset.name;
    EXPECT_FALSE(preset.description.empty()) << preset.name;
    EXPECT_EQ(find_preset(preset.name), &preset);
  }
  EXPECT_EQ(names, (std::set<std::string_view>{"librosa", "librosa-0.8", "panns", "torchaudio", "whisper"}));
}

TEST(PresetsTest, AnUnknownNameHasNone) {
  EXPECT_EQ(find_preset("kaldi"), nullptr);
  EXPECT_EQ(find_preset(""), nullptr);
  EXPECT_EQ(find_preset("Librosa"), nullptr);
}

TEST(PresetsTest, LibrosaIsTheDefaultAndPadsWithZeros) {
  const FrontEndConfig config = preset("librosa");
  EXPECT_EQ(config.amin_of, AminOf::kPower);
  expect_transform(config, 22050, 2048, 512);
  expect_filters(config, 128, 0.0, 11025.0, MelScale::kSlaney, MelNorm::kSlaney);
  EXPECT_EQ(config.pad_mode, PadMode::kConstant);
  EXPECT_EQ(config.top_db, 80.0);
  EXPECT_EQ(config.n_mfcc, 20);
}

TEST(PresetsTest, LibrosaBeforeNineDiffersInReflectPaddingAlone) {
  FrontEndConfig config = preset("librosa-0.8");
  EXPECT_EQ(config.pad_mode, PadMode::kReflect);
  config.pad_mode = PadMode::kConstant;
  EXPECT_EQ(config, preset("librosa"));
}

TEST(PresetsTest, TorchaudioHasTheDefaultsOfItsTransforms) {
  const FrontEndConfig config = preset("torchaudio");  // MelSpectrogram(), AmplitudeToDB(), MFCC()
  expect_transform(config, 16000, 400, 200);
  expect_filters(config, 128, 0.0, 8000.0, MelScale::kHtk, MelNorm::kNone);
  EXPECT_EQ(config.pad_mode, PadMode::kReflect);
  EXPECT_EQ(config.top_db, 0.0);
  EXPECT_EQ(config.n_mfcc, 40);
}

TEST(PresetsTest, PannsIsTheFrontEndOfCnn14) {
  const FrontEndConfig config = preset("panns");
  expect_transform(config, 32000, 1024, 320);
  expect_filters(config, 64, 50.0, 14000.0, MelScale::kSlaney, MelNorm::kSlaney);
  EXPECT_EQ(config.pad_mode, PadMode::kReflect);
  EXPECT_EQ(config.top_db, 0.0);
}

TEST(PresetsTest, WhisperHasEightySlaneyMelsOfTwentyFiveMilliseconds) {
  const FrontEndConfig config = preset("whisper");
  expect_transform(config, 16000, 400, 160);
  expect_filters(config, 80, 0.0, 8000.0, MelScale::kSlaney, MelNorm::kSlaney);
  EXPECT_EQ(config.pad_mode, PadMode::kReflect);
  EXPECT_EQ(config.top_db, 80.0);
}

/// The lowest value of silence as `name` makes decibels of magnitudes.
float floor_of_magnitudes(const char* name) {
  FrontEndConfig config = preset(name);
  config.power = 1.0;
  const std::vector<float> silence(static_cast<std::size_t>(config.sample_rate), 0.0F);
  return FeatureExtractor(config).compute(silence).values.front();
}

TEST(PresetsTest, MagnitudesHaveTheFloorOfTheLibraryThatThePresetIsNamedAfter) {
  EXPECT_NEAR(floor_of_magnitudes("librosa"), -100.0F, 1e-4F) << "amplitude_to_db: amin 1e-5";
  EXPECT_NEAR(floor_of_magnitudes("librosa-0.8"), -100.0F, 1e-4F);
  EXPECT_NEAR(floor_of_magnitudes("torchaudio"), -200.0F, 1e-4F) << "AmplitudeToDB(\"magnitude\"): amin 1e-10";
}

TEST(PresetsTest, WhisperDropsTheLastFrameBeforeItTakesTheMaximum) {
  FrontEndConfig config = preset("whisper");
  std::vector<float> signal(16000);
  for (std::size_t i = 0; i < signal.size(); ++i) {
    const float amplitude = i + 150 < signal.size() ? 1e-4F : 1.0F;  // loudest at the end
    signal[i] = amplitude * std::sin(0.3F * static_cast<float>(i));
  }
  const Spectrogram got = FeatureExtractor(config).compute(signal);
  config.drop_last_frame = false;
  config.top_db = 0.0;
  const Spectrogram whole = FeatureExtractor(config).compute(signal);
  ASSERT_EQ(whole.n_frames, 101);
  ASSERT_EQ(got.n_frames, 100);
  float maximum = -1000.0F;
  const auto at = [](const Spectrogram& s, int band, int frame) { return s.values[band * s.n_frames + frame]; };
  for (int band = 0; band < 80; ++band) {
    for (int frame = 0; frame < 100; ++frame) maximum = std::max(maximum, at(whole, band, frame));
  }
  for (int band = 0; band < 80; ++band) {
    for (int frame = 0; frame < 100; ++frame) {
      ASSERT_EQ(at(got, band, frame), std::max(at(whole, band, frame), maximum - 80.0F)) << band << ", " << frame;
    }
  }
}

}  // namespace presets_test
}  // namespace hitscope::dsp
