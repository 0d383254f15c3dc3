#include "dsp/picture.h"

#include <gtest/gtest.h>

#include <cstring>
#include <stdexcept>

namespace hitscope::dsp {
namespace {

TEST(PictureTest, IsAPngThatDependsOnTheValues) {
  Spectrogram quiet{std::vector<float>(128 * 44, -80.0F), 128, 44, Scale::kDecibel};
  Spectrogram tone = quiet;
  for (int t = 0; t < 44; ++t) tone.values[20 * 44 + t] = 0.0F;
  const auto a = picture_png(quiet, {}, "quiet");
  const auto b = picture_png(tone, {}, "quiet");
  ASSERT_GT(a.size(), 1000U);
  EXPECT_EQ(std::memcmp(a.data(), "\x89PNG\r\n\x1a\n", 8), 0);
  EXPECT_NE(a, b);
}

TEST(PictureTest, RefusesPowerAndEmptySpectrograms) {
  EXPECT_THROW(picture_png({{}, 0, 0, Scale::kDecibel}, {}, ""), std::invalid_argument);
  EXPECT_THROW(picture_png({{1.0F}, 1, 1, Scale::kPower}, {}, ""), std::invalid_argument);
}

}  // namespace
}  // namespace hitscope::dsp
