#include "dsp/front_end.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace hitscope::dsp {
namespace {

std::string complaint(const FrontEndConfig& config) {
  try {
    config.validate();
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "";
}

TEST(FrontEndTest, DefaultsAreValid) {
  EXPECT_EQ(complaint({}), "");
}

TEST(FrontEndTest, RefusalsNameFieldValueAndRule) {
  FrontEndConfig config;
  config.win_length = 4096;
  EXPECT_EQ(complaint(config), "win_length is 4096; it must be 1 to n_fft samples");
  config = {};
  config.hop_length = 0;
  EXPECT_EQ(complaint(config), "hop_length is 0; it must be at least 1 sample");
  config = {};
  config.f_max_hz = 20000.0;
  EXPECT_EQ(complaint(config), "f_max is 20000.000000; it must be at most half the sample rate");
  config = {};
  config.f_min_hz = 11025.0;
  EXPECT_NE(complaint(config).find("greater than f_min"), std::string::npos);
}

TEST(FrontEndTest, CountsFramesWithAndWithoutCentring) {
  FrontEndConfig config;
  EXPECT_EQ(config.n_frames(0), 0);
  EXPECT_EQ(config.n_frames(1), 1);
  EXPECT_EQ(config.n_frames(512), 2);
  config.center = false;
  EXPECT_EQ(config.n_frames(2047), 0);
  EXPECT_EQ(config.n_frames(2048), 1);
  EXPECT_EQ(config.n_frames(2560), 2);
}

}  // namespace
}  // namespace hitscope::dsp
