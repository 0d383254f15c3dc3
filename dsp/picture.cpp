#include "dsp/picture.h"

#include <png.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <opencv2/imgproc.hpp>
#include <stdexcept>

#include "dsp/decibel.h"
#include "dsp/mel_filterbank.h"

namespace hitscope::dsp {
namespace {

const cv::Size kPlot(960, 420);
constexpr int kLeft = 90;
constexpr int kTop = 46;
constexpr int kBottom = 62;
constexpr int kBarGap = 26;
constexpr int kBarWidth = 20;
constexpr int kRight = 80;
const cv::Scalar kInk(40, 40, 40);

enum class Align { kLeft, kCentre, kRight };

void text(cv::Mat& canvas, const std::string& words, cv::Point at, Align align, double size = 0.45) {
  int baseline = 0;
  const cv::Size box = cv::getTextSize(words, cv::FONT_HERSHEY_SIMPLEX, size, 1, &baseline);
  if (align == Align::kCentre) at.x -= box.width / 2;
  if (align == Align::kRight) at.x -= box.width;
  at.y += box.height / 2;
  cv::putText(canvas, words, at, cv::FONT_HERSHEY_SIMPLEX, size, kInk, 1, cv::LINE_AA);
}

std::string number(double value) {
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%g", value);
  return buffer.data();
}

/// 1, 2 or 5 times a power of ten that cuts `span` into at most `most` steps.
double nice_step(double span, int most) {
  const double raw = span / most;
  const double unit = std::pow(10.0, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (unit * factor >= raw) return unit * factor;
  }
  return unit * 10.0;
}

cv::Mat colours(const cv::Mat& decibels, double low, double high) {
  cv::Mat grey;
  const double gain = 255.0 / std::max(high - low, 1e-6);
  decibels.convertTo(grey, CV_8U, gain, -low * gain);
  cv::Mat mapped;
  cv::applyColorMap(grey, mapped, cv::COLORMAP_MAGMA);
  return mapped;
}

void tick(cv::Mat& canvas, double share, double value) {
  if (share < 0.0 || share > 1.0) return;
  const int y = kTop + static_cast<int>(std::lround((1.0 - share) * kPlot.height));
  cv::line(canvas, {kLeft - 5, y}, {kLeft - 1, y}, kInk);
  text(canvas, number(value), {kLeft - 9, y}, Align::kRight);
}

void draw_mel_axis(cv::Mat& canvas, const FrontEndConfig& config) {
  const double low = hz_to_mel(config.f_min_hz, config.mel_scale);
  const double high = hz_to_mel(config.resolved_f_max_hz(), config.mel_scale);
  for (const double hz : {0.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16000.0}) {
    tick(canvas, (hz_to_mel(hz, config.mel_scale) - low) / (high - low), hz);
  }
  text(canvas, "Hz (mel scale)", {8, kTop - 22}, Align::kLeft);
}

void draw_linear_axis(cv::Mat& canvas, double highest, const std::string& unit) {
  const double step = nice_step(highest, 10);
  for (int i = 0; i * step <= highest; ++i) tick(canvas, i * step / highest, i * step);
  text(canvas, unit, {8, kTop - 22}, Align::kLeft);
}

void draw_bin_axis(cv::Mat& canvas, const FrontEndConfig& config) {
  if (config.feature == Feature::kMel) return draw_mel_axis(canvas, config);
  if (config.feature == Feature::kSpectrogram) return draw_linear_axis(canvas, config.sample_rate / 2.0, "Hz");
  draw_linear_axis(canvas, config.n_mfcc, "coefficient");
}

void draw_time_axis(cv::Mat& canvas, double seconds) {
  const double step = nice_step(seconds, 10);
  const int base = kTop + kPlot.height;
  for (int i = 0; i * step <= seconds + 1e-9; ++i) {
    const int x = kLeft + static_cast<int>(std::lround(i * step / seconds * kPlot.width));
    cv::line(canvas, {x, base}, {x, base + 4}, kInk);
    text(canvas, number(i * step), {x, base + 16}, Align::kCentre);
  }
  text(canvas, "seconds", {kLeft + kPlot.width / 2, base + 42}, Align::kCentre);
}

void draw_colour_bar(cv::Mat& canvas, double low, double high, const std::string& unit) {
  cv::Mat ramp(kPlot.height, kBarWidth, CV_32F);
  for (int y = 0; y < ramp.rows; ++y) ramp.row(y).setTo(high - (high - low) * y / std::max(1, ramp.rows - 1));
  const cv::Rect place(kLeft + kPlot.width + kBarGap, kTop, kBarWidth, kPlot.height);
  colours(ramp, low, high).copyTo(canvas(place));
  const double step = nice_step(std::max(high - low, 0.1), 8);
  for (double i = std::ceil(low / step); i * step <= high + 1e-9; ++i) {
    const double db = i * step;
    const int y = kTop + static_cast<int>(std::lround((high - db) / std::max(high - low, 1e-6) * kPlot.height));
    cv::line(canvas, {place.x + kBarWidth, y}, {place.x + kBarWidth + 4, y}, kInk);
    text(canvas, number(db), {place.x + kBarWidth + 8, y}, Align::kLeft);
  }
  text(canvas, unit, {place.x, kTop - 22}, Align::kLeft);
}

std::vector<std::uint8_t> encode_png(const cv::Mat& pixels) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(pixels.cols);
  image.height = static_cast<png_uint_32>(pixels.rows);
  image.format = pixels.channels() == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_BGR;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::vector<std::uint8_t> bytes(size);
  const auto stride = static_cast<png_int_32>(pixels.step[0]);
  if (png_image_write_to_memory(&image, bytes.data(), &size, 0, pixels.data, stride, nullptr) == 0) {
    throw std::runtime_error(std::string("libpng: ") + image.message);
  }
  bytes.resize(size);
  return bytes;
}

/// Rows as a picture has them: row 0 the top, that is the highest bin.
cv::Mat upright(const Spectrogram& spectrogram) {
  if (spectrogram.values.empty()) throw std::invalid_argument("picture: the spectrogram is empty");
  cv::Mat values(spectrogram.n_bins, spectrogram.n_frames, CV_32F);
  std::copy(spectrogram.values.begin(), spectrogram.values.end(), values.begin<float>());
  cv::flip(values, values, 0);
  return values;
}

}  // namespace

void GreyRange::validate() const {
  if (std::isfinite(low) && std::isfinite(high) && low < high) return;
  throw std::invalid_argument("image range is " + number(low) + " to " + number(high) +
                              "; it must be two finite numbers, the lower first");
}

std::vector<std::uint8_t> image_png(const Spectrogram& spectrogram, const GreyRange& range) {
  range.validate();
  cv::Mat grey;
  const double gain = 255.0 / (range.high - range.low);
  cv::Mat values = upright(spectrogram);
  values = cv::max(cv::min(values, range.high), range.low);  // convertTo alone overflows beyond 2^31
  values.convertTo(grey, CV_8U, gain, -range.low * gain);
  return encode_png(grey);
}

std::vector<std::uint8_t> picture_png(const Spectrogram& spectrogram, const FrontEndConfig& config,
                                      const std::string& title) {
  cv::Mat values = upright(spectrogram);
  if (spectrogram.scale == Scale::kPower) {
    FrontEndConfig eighty = config;
    eighty.top_db = 80.0;
    to_decibels({values.ptr<float>(), spectrogram.values.size()}, eighty);
  }
  double low = 0.0;
  double high = 0.0;
  cv::minMaxLoc(values, &low, &high);
  cv::resize(values, values, kPlot, 0, 0, cv::INTER_AREA);

  cv::Mat canvas(kTop + kPlot.height + kBottom, kLeft + kPlot.width + kBarGap + kBarWidth + kRight, CV_8UC3,
                 cv::Scalar(255, 255, 255));
  colours(values, low, high).copyTo(canvas(cv::Rect({kLeft, kTop}, kPlot)));
  cv::rectangle(canvas, cv::Rect(kLeft - 1, kTop - 1, kPlot.width + 2, kPlot.height + 2), kInk);
  draw_bin_axis(canvas, config);
  draw_time_axis(canvas, static_cast<double>(spectrogram.n_frames) * config.hop_length / config.sample_rate);
  draw_colour_bar(canvas, low, high, spectrogram.scale == Scale::kCepstrum ? "" : "dB");
  text(canvas, title, {kLeft + kPlot.width / 2, kTop - 24}, Align::kCentre, 0.55);
  return encode_png(canvas);
}

}  // namespace hitscope::dsp
