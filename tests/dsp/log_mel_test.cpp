// LogMel against torchaudio 0.13.1, whose answers tests/oracles/record_mel.py records.
#include "dsp/log_mel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <tuple>

#include "tests/support/npy.h"

namespace hitscope::dsp {
namespace {

using tests::read_npy;

FrontEndConfig front_end(const std::string& name) {
  FrontEndConfig config;
  if (name == "htk") {
    config.n_fft = 1000;
    config.win_length = 800;
    config.hop_length = 220;
    config.n_mels = 64;
    config.f_min_hz = 50.0;
    config.f_max_hz = 9000.0;
    config.norm = MelNorm::kNone;
    config.mel_scale = MelScale::kHtk;
    config.pad_mode = PadMode::kReflect;
    config.window = Window::kHamming;
    config.power = 1.0;
  }
  return config;
}

std::string oracle(const std::string& name) {
  return std::string(ORACLES) + "/mel/" + name + ".npy";
}

class LogMelOracleTest : public testing::TestWithParam<std::tuple<const char*, const char*>> {};

TEST_P(LogMelOracleTest, PowerMatchesTorchaudio) {
  const auto [name, signal] = GetParam();
  LogMel log_mel(front_end(name));
  const auto want = read_npy<float>(oracle(std::string(name) + "_" + signal + "_power"));
  const Spectrogram got = log_mel.compute_power(read_npy<float>(oracle(std::string("signal_") + signal)));
  ASSERT_EQ(got.values.size(), want.size());
  const float maximum = *std::max_element(want.begin(), want.end());
  float worst = 0.0F;
  for (std::size_t i = 0; i < want.size(); ++i) worst = std::max(worst, std::abs(got.values[i] - want[i]));
  EXPECT_LE(worst, 1e-5F * maximum) << "maximum " << maximum;
  RecordProperty("worst_relative_to_maximum", std::to_string(worst / std::max(maximum, 1e-30F)));
}

TEST_P(LogMelOracleTest, DecibelsMatchTorchaudioAboveTheFloor) {
  const auto [name, signal] = GetParam();
  LogMel log_mel(front_end(name));
  const auto want = read_npy<float>(oracle(std::string(name) + "_" + signal + "_db"));
  const Spectrogram got = log_mel.compute(read_npy<float>(oracle(std::string("signal_") + signal)));
  ASSERT_EQ(got.values.size(), want.size());
  float worst = 0.0F;
  for (std::size_t i = 0; i < want.size(); ++i) worst = std::max(worst, std::abs(got.values[i] - want[i]));
  EXPECT_LE(worst, 1e-3F);
  RecordProperty("worst_db", std::to_string(worst));
}

INSTANTIATE_TEST_SUITE_P(Torchaudio, LogMelOracleTest,
                         testing::Combine(testing::Values("librosa", "htk"),
                                          testing::Values("noise", "sweep", "silence", "impulse")),
                         [](const auto& test) {
                           return std::string(std::get<0>(test.param)) + "_" + std::get<1>(test.param);
                         });

TEST(MelFilterbankTest, MatchesTorchaudioWithin1e6) {
  for (const char* name : {"librosa", "htk"}) {
    const auto want = read_npy<float>(oracle(std::string(name) + "_filterbank"));
    const auto got = MelFilterbank(front_end(name)).dense();
    ASSERT_EQ(got.size(), want.size()) << name;
    float worst = 0.0F;
    for (std::size_t i = 0; i < want.size(); ++i) worst = std::max(worst, std::abs(got[i] - want[i]));
    EXPECT_LE(worst, 1e-6F) << name;
  }
}

TEST(LogMelTest, SilenceIsTheFloorEverywhere) {
  LogMel log_mel{FrontEndConfig{}};
  const Spectrogram got = log_mel.compute(std::vector<float>(22050, 0.0F));
  EXPECT_EQ(got.n_mels, 128);
  EXPECT_EQ(got.n_frames, 44);
  for (const float value : got.values) ASSERT_FLOAT_EQ(value, -100.0F);
}

TEST(LogMelTest, RefusesASignalWithoutAFrame) {
  LogMel log_mel{FrontEndConfig{}};
  EXPECT_THROW(log_mel.compute({}), std::invalid_argument);
  FrontEndConfig reflecting;
  reflecting.pad_mode = PadMode::kReflect;
  EXPECT_THROW(LogMel(reflecting).compute(std::vector<float>(1024)), std::invalid_argument);
}

TEST(LogMelTest, ThirtySecondsAreTwelveHundredNinetyTwoFrames) {
  EXPECT_EQ(FrontEndConfig{}.n_frames(30LL * 22050), 1292);
}

}  // namespace
}  // namespace hitscope::dsp
