#include "dsp/picture.h"

#include <gtest/gtest.h>
#include <png.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>

namespace hitscope::dsp {
namespace picture_test {

struct Image {
  int width = 0;
  int height = 0;
  bool is_grey_of_8_bits = false;
  std::vector<std::uint8_t> pixels;  ///< [height, width], row 0 the top
  int at(int row, int column) const { return pixels[static_cast<std::size_t>(row) * width + column]; }
};

Image decode(const std::vector<std::uint8_t>& bytes) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_memory(&png, bytes.data(), bytes.size()) == 0) throw std::runtime_error(png.message);
  Image image{static_cast<int>(png.width), static_cast<int>(png.height), png.format == PNG_FORMAT_GRAY, {}};
  png.format = PNG_FORMAT_GRAY;
  image.pixels.resize(PNG_IMAGE_SIZE(png));
  if (png_image_finish_read(&png, nullptr, image.pixels.data(), 0, nullptr) == 0) throw std::runtime_error(png.message);
  return image;
}

Spectrogram one_value(float value) {
  return {{value}, 1, 1, Scale::kDecibel};
}

TEST(PictureTest, IsAPngThatDependsOnTheValues) {
  Spectrogram quiet{std::vector<float>(std::size_t{128} * 44, -80.0F), 128, 44, Scale::kDecibel};
  Spectrogram tone = quiet;
  for (int t = 0; t < 44; ++t) tone.values[20 * 44 + t] = 0.0F;
  const auto a = picture_png(quiet, {}, "quiet");
  const auto b = picture_png(tone, {}, "quiet");
  ASSERT_GT(a.size(), 1000U);
  EXPECT_EQ(std::memcmp(a.data(), "\x89PNG\r\n\x1a\n", 8), 0);
  EXPECT_NE(a, b);
}

TEST(PictureTest, DrawsPowerInDecibels) {
  Spectrogram decibel{std::vector<float>(std::size_t{128} * 44, -43.0F), 128, 44, Scale::kDecibel};
  decibel.values[5000] = 1.5F;
  Spectrogram power = decibel;
  power.scale = Scale::kPower;
  for (float& value : power.values) value = std::pow(10.0F, value / 10.0F);
  // As decoded pixels, with room for the logarithm's last bit.
  const Image a = decode(picture_png(decibel, {}, "x"));
  const Image b = decode(picture_png(power, {}, "x"));
  ASSERT_EQ(a.pixels.size(), b.pixels.size());
  int worst = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) worst = std::max(worst, std::abs(a.pixels[i] - b.pixels[i]));
  EXPECT_LE(worst, 1);
}

TEST(PictureTest, DrawsEveryFeature) {
  FrontEndConfig config;
  config.feature = Feature::kSpectrogram;
  EXPECT_NO_THROW(
      picture_png({std::vector<float>(std::size_t{1025} * 3, -80.0F), 1025, 3, Scale::kDecibel}, config, ""));
  config.feature = Feature::kMfcc;
  EXPECT_NO_THROW(picture_png({std::vector<float>(std::size_t{20} * 3, -80.0F), 20, 3, Scale::kCepstrum}, config, ""));
}

TEST(PictureTest, RefusesAnEmptySpectrogram) {
  EXPECT_THROW(picture_png({{}, 0, 0, Scale::kDecibel}, {}, ""), std::invalid_argument);
}

/// How much redder than blue a pixel of a colour picture is: 0 for greys, 255 at most.
std::vector<int> redness(const std::vector<std::uint8_t>& bytes, int& width) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_memory(&png, bytes.data(), bytes.size()) == 0) throw std::runtime_error(png.message);
  png.format = PNG_FORMAT_RGB;
  width = static_cast<int>(png.width);
  std::vector<std::uint8_t> pixels(PNG_IMAGE_SIZE(png));
  if (png_image_finish_read(&png, nullptr, pixels.data(), 0, nullptr) == 0) throw std::runtime_error(png.message);
  std::vector<int> red;
  for (std::size_t i = 0; i < pixels.size(); i += 3) red.push_back(pixels[i] - pixels[i + 2]);
  return red;
}

TEST(OverlayTest, IsOrangeWhereTheWeightsAreAndGreyElsewhere) {
  // 64 bins x 96 frames; the weights lie on the highest 16 bins of the last 24 frames, half as heavy before them.
  Spectrogram noise{std::vector<float>(std::size_t{64} * 96), 64, 96, Scale::kDecibel};
  for (std::size_t i = 0; i < noise.values.size(); ++i) noise.values[i] = static_cast<float>((i * 37) % 80) - 80.0F;
  std::vector<float> weights(noise.values.size(), 0.0F);
  for (int bin = 48; bin < 64; ++bin) {
    for (int t = 48; t < 96; ++t) weights[bin * 96 + t] = t < 72 ? 0.5F : 1.0F;
  }
  int width = 0;
  const std::vector<int> red = redness(overlay_png(noise, weights, {}, ""), width);
  // The plot begins at (90, 46) and is 960 x 420: row 0 of it the highest bin. 12 pixels about each border are left
  // out.
  double sums[3] = {};
  int counts[3] = {};
  for (int y = 0; y < 420; ++y) {
    for (int x = 0; x < 960; ++x) {
      const int value = red[static_cast<std::size_t>(46 + y) * width + 90 + x];
      const bool above = y < 105 - 12;
      const bool below = y > 105 + 12;
      if (below || x < 480 - 12) {
        EXPECT_EQ(value, 0) << x << ' ' << y;
      } else if (above && x > 480 + 12 && std::abs(x - 720) > 12) {
        const int part = x < 720 ? 1 : 2;
        sums[part] += value;
        ++counts[part];
      }
    }
  }
  EXPECT_NEAR(sums[1] / counts[1], 0.4 * 255, 3.0);
  EXPECT_NEAR(sums[2] / counts[2], 0.8 * 255, 3.0);
}

TEST(OverlayTest, RefusesWeightsOfAnotherSize) {
  const std::vector<float> three(3, 0.0F);
  EXPECT_THROW(overlay_png(one_value(0.0F), three, {}, ""), std::invalid_argument);
  EXPECT_THROW(overlay_png({{}, 0, 0, Scale::kDecibel}, {}, {}, ""), std::invalid_argument);
}

TEST(ImageTest, IsOneGreyPixelPerValueWithLowFrequenciesAtTheBottom) {
  Spectrogram spectrogram{std::vector<float>(15), 3, 5, Scale::kDecibel};
  for (int i = 0; i < 15; ++i) spectrogram.values[i] = static_cast<float>(i);
  const std::vector<std::uint8_t> bytes = image_png(spectrogram, {0.0, 255.0});
  EXPECT_EQ(bytes.at(24), 8);  // IHDR: bit depth
  EXPECT_EQ(bytes.at(25), 0);  // IHDR: greyscale without alpha
  const Image image = decode(bytes);
  EXPECT_EQ(image.height, 3);
  EXPECT_EQ(image.width, 5);
  EXPECT_TRUE(image.is_grey_of_8_bits);
  for (int bin = 0; bin < 3; ++bin) {
    for (int t = 0; t < 5; ++t) EXPECT_EQ(image.at(2 - bin, t), spectrogram.at(bin, t)) << bin << ' ' << t;
  }
}

TEST(ImageTest, BlackAndWhiteAreTheEndsOfTheRangeAndAllBeyond) {
  const float infinity = std::numeric_limits<float>::infinity();
  const GreyRange range;  // -60 to 40
  for (const float low : {-60.0F, -60.1F, -100.0F, -1e30F, -infinity}) {
    EXPECT_EQ(decode(image_png(one_value(low), range)).at(0, 0), 0) << low;
  }
  for (const float high : {40.0F, 40.1F, 100.0F, 1e30F, infinity}) {
    EXPECT_EQ(decode(image_png(one_value(high), range)).at(0, 0), 255) << high;
  }
  EXPECT_EQ(decode(image_png(one_value(-10.0F + 0.01F), range)).at(0, 0), 128);  // the middle is 127.5
  EXPECT_EQ(decode(image_png(one_value(-10.0F - 0.01F), range)).at(0, 0), 127);
}

TEST(ImageTest, TheSameValueIsTheSameGreyInEveryImage) {
  Spectrogram quiet{{-50.0F, -30.0F, -20.0F, -55.0F}, 2, 2, Scale::kDecibel};
  Spectrogram loud{{-50.0F, 39.0F, 60.0F, 10.0F, 0.0F, 3.0F}, 3, 2, Scale::kDecibel};
  const Image a = decode(image_png(quiet, {}));
  const Image b = decode(image_png(loud, {}));
  EXPECT_EQ(a.at(1, 0), b.at(2, 0));
  EXPECT_EQ(a.at(1, 0), 26);  // 25.5: between two greys, to the even one
}

TEST(ImageTest, RefusesAnEmptySpectrogramAndARangeThatIsNone) {
  EXPECT_THROW(image_png({{}, 0, 0, Scale::kDecibel}, {}), std::invalid_argument);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const GreyRange range : {GreyRange{0.0, 0.0}, GreyRange{1.0, 0.0}, GreyRange{nan, 0.0}, GreyRange{0.0, nan},
                                GreyRange{-std::numeric_limits<double>::infinity(), 0.0}}) {
    EXPECT_THROW(image_png(one_value(0.0F), range), std::invalid_argument);
  }
}

}  // namespace picture_test
}  // namespace hitscope::dsp
