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

constexpr int kLeft = 90;
constexpr int kTop = 46;
constexpr int kBottom = 62;
constexpr int kBarGap = 26;
constexpr int kBarWidth = 20;
constexpr int kRight = 80;
const cv::Scalar kInk(40, 40, 40);

/// The picture being drawn and the size of its plot, whose upper left corner is (kLeft, kTop).
struct Canvas {
  cv::Mat pixels;
  cv::Size plot;
};

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

void tick(Canvas& canvas, double share, double value) {
  if (share < 0.0 || share > 1.0) return;
  const int y = kTop + static_cast<int>(std::lround((1.0 - share) * canvas.plot.height));
  cv::line(canvas.pixels, {kLeft - 5, y}, {kLeft - 1, y}, kInk);
  text(canvas.pixels, number(value), {kLeft - 9, y}, Align::kRight);
}

void draw_mel_axis(Canvas& canvas, const FrontEndConfig& config) {
  const double low = hz_to_mel(config.f_min_hz, config.mel_scale);
  const double high = hz_to_mel(config.resolved_f_max_hz(), config.mel_scale);
  for (const double hz : {0.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16000.0}) {
    tick(canvas, (hz_to_mel(hz, config.mel_scale) - low) / (high - low), hz);
  }
  text(canvas.pixels, "Hz (mel scale)", {8, kTop - 22}, Align::kLeft);
}

void draw_linear_axis(Canvas& canvas, double highest, const std::string& unit) {
  const double step = nice_step(highest, 10);
  for (int i = 0; i * step <= highest; ++i) tick(canvas, i * step / highest, i * step);
  text(canvas.pixels, unit, {8, kTop - 22}, Align::kLeft);
}

void draw_bin_axis(Canvas& canvas, const FrontEndConfig& config) {
  if (config.feature == Feature::kMel) return draw_mel_axis(canvas, config);
  if (config.feature == Feature::kSpectrogram) return draw_linear_axis(canvas, config.sample_rate / 2.0, "Hz");
  draw_linear_axis(canvas, config.n_mfcc, "coefficient");
}

void draw_time_axis(Canvas& canvas, double seconds) {
  const double step = nice_step(seconds, 10);
  const int base = kTop + canvas.plot.height;
  for (int i = 0; i * step <= seconds + 1e-9; ++i) {
    const int x = kLeft + static_cast<int>(std::lround(i * step / seconds * canvas.plot.width));
    cv::line(canvas.pixels, {x, base}, {x, base + 4}, kInk);
    text(canvas.pixels, number(i * step), {x, base + 16}, Align::kCentre);
  }
  text(canvas.pixels, "seconds", {kLeft + canvas.plot.width / 2, base + 42}, Align::kCentre);
}

void draw_colour_bar(Canvas& canvas, double low, double high, const std::string& unit) {
  cv::Mat ramp(canvas.plot.height, kBarWidth, CV_32F);
  for (int y = 0; y < ramp.rows; ++y) ramp.row(y).setTo(high - (high - low) * y / std::max(1, ramp.rows - 1));
  const cv::Rect place(kLeft + canvas.plot.width + kBarGap, kTop, kBarWidth, canvas.plot.height);
  colours(ramp, low, high).copyTo(canvas.pixels(place));
  const double step = nice_step(std::max(high - low, 0.1), 8);
  for (double i = std::ceil(low / step); i * step <= high + 1e-9; ++i) {
    const double db = i * step;
    const int y = kTop + static_cast<int>(std::lround((high - db) / std::max(high - low, 1e-6) * canvas.plot.height));
    cv::line(canvas.pixels, {place.x + kBarWidth, y}, {place.x + kBarWidth + 4, y}, kInk);
    text(canvas.pixels, number(db), {place.x + kBarWidth + 8, y}, Align::kLeft);
  }
  text(canvas.pixels, unit, {place.x, kTop - 22}, Align::kLeft);
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
cv::Mat upright(std::span<const float> values, int n_bins, int n_frames) {
  if (values.empty()) throw std::invalid_argument("picture: the spectrogram is empty");
  cv::Mat rows(n_bins, n_frames, CV_32F);
  std::copy(values.begin(), values.end(), rows.begin<float>());
  cv::flip(rows, rows, 0);
  return rows;
}

struct Decibels {
  cv::Mat values;  ///< as large as the plot
  double low = 0.0;
  double high = 0.0;
};

Decibels decibels_of(const Spectrogram& spectrogram, const FrontEndConfig& config, const PlotSize& size) {
  Decibels made{upright(spectrogram.values, spectrogram.n_bins, spectrogram.n_frames)};
  if (spectrogram.scale == Scale::kPower) {
    FrontEndConfig eighty = config;
    eighty.top_db = 80.0;
    to_decibels({made.values.ptr<float>(), spectrogram.values.size()}, eighty);
  }
  cv::minMaxLoc(made.values, &made.low, &made.high);
  cv::resize(made.values, made.values, {size.width, size.height}, 0, 0, cv::INTER_AREA);
  return made;
}

/// A canvas with the plot in its place, axes and title.
Canvas framed(const cv::Mat& plot, const Spectrogram& spectrogram, const FrontEndConfig& config,
              const std::string& title) {
  const int width = kLeft + plot.cols + kBarGap + kBarWidth + kRight;
  Canvas canvas{cv::Mat(kTop + plot.rows + kBottom, width, CV_8UC3, cv::Scalar(255, 255, 255)), plot.size()};
  plot.copyTo(canvas.pixels(cv::Rect({kLeft, kTop}, canvas.plot)));
  cv::rectangle(canvas.pixels, cv::Rect(kLeft - 1, kTop - 1, canvas.plot.width + 2, canvas.plot.height + 2), kInk);
  draw_bin_axis(canvas, config);
  draw_time_axis(canvas, static_cast<double>(spectrogram.n_frames) * config.hop_length / config.sample_rate);
  text(canvas.pixels, title, {kLeft + canvas.plot.width / 2, kTop - 24}, Align::kCentre, 0.55);
  return canvas;
}

/// Greys [rows, columns] under an orange layer as dense as `weights` in 0..1.
cv::Mat layered(const cv::Mat& greys, const cv::Mat& weights) {
  constexpr float kDensest = 0.8F;
  const cv::Vec3f orange(0.0F, 110.0F, 255.0F);
  cv::Mat pixels(greys.size(), CV_8UC3);
  for (int y = 0; y < pixels.rows; ++y) {
    for (int x = 0; x < pixels.cols; ++x) {
      const float share = kDensest * std::clamp(weights.at<float>(y, x), 0.0F, 1.0F);
      const float grey = greys.at<float>(y, x);
      pixels.at<cv::Vec3b>(y, x) = cv::Vec3f(grey, grey, grey) * (1.0F - share) + orange * share;
    }
  }
  return pixels;
}

void draw_layer_bar(Canvas& canvas) {
  cv::Mat ramp(canvas.plot.height, kBarWidth, CV_32F);
  for (int y = 0; y < ramp.rows; ++y) ramp.row(y).setTo(1.0 - y / (ramp.rows - 1.0));
  const cv::Rect place(kLeft + canvas.plot.width + kBarGap, kTop, kBarWidth, canvas.plot.height);
  layered(cv::Mat(ramp.size(), CV_32F, cv::Scalar(110.0)), ramp).copyTo(canvas.pixels(place));
  text(canvas.pixels, "most", {place.x + kBarWidth + 8, place.y + 6}, Align::kLeft);
  text(canvas.pixels, "none", {place.x + kBarWidth + 8, place.y + place.height - 6}, Align::kLeft);
  text(canvas.pixels, "evidence", {place.x - 24, kTop - 22}, Align::kLeft);
}

}  // namespace

void GreyRange::validate() const {
  if (std::isfinite(low) && std::isfinite(high) && low < high) return;
  throw FieldError("image_range", number(low) + " " + number(high), "two finite numbers, the lower first");
}

std::vector<std::uint8_t> image_png(const Spectrogram& spectrogram, const GreyRange& range) {
  range.validate();
  cv::Mat grey;
  const double gain = 255.0 / (range.high - range.low);
  cv::Mat values = upright(spectrogram.values, spectrogram.n_bins, spectrogram.n_frames);
  values = cv::max(cv::min(values, range.high), range.low);  // convertTo alone overflows beyond 2^31
  values.convertTo(grey, CV_8U, gain, -range.low * gain);
  return encode_png(grey);
}

std::vector<std::uint8_t> picture_png(const Spectrogram& spectrogram, const FrontEndConfig& config,
                                      const std::string& title, const PlotSize& size) {
  size.validate();
  const Decibels shown = decibels_of(spectrogram, config, size);
  Canvas canvas = framed(colours(shown.values, shown.low, shown.high), spectrogram, config, title);
  draw_colour_bar(canvas, shown.low, shown.high, spectrogram.scale == Scale::kCepstrum ? "" : "dB");
  return encode_png(canvas.pixels);
}

std::vector<std::uint8_t> overlay_png(const Spectrogram& spectrogram, std::span<const float> weights,
                                      const FrontEndConfig& config, const std::string& title, const PlotSize& size) {
  if (weights.size() != spectrogram.values.size()) {
    throw std::invalid_argument("picture: " + std::to_string(weights.size()) + " weights for " +
                                std::to_string(spectrogram.values.size()) + " values; they must be as many");
  }
  constexpr double kBrightest = 215.0;  // white would outshine the layer
  size.validate();
  const Decibels shown = decibels_of(spectrogram, config, size);
  cv::Mat greys;
  const double gain = kBrightest / std::max(shown.high - shown.low, 1e-6);
  shown.values.convertTo(greys, CV_32F, gain, -shown.low * gain);
  cv::Mat layer;
  cv::resize(upright(weights, spectrogram.n_bins, spectrogram.n_frames), layer, greys.size(), 0, 0, cv::INTER_LINEAR);
  Canvas canvas = framed(layered(greys, layer), spectrogram, config, title);
  draw_layer_bar(canvas);
  return encode_png(canvas.pixels);
}

}  // namespace hitscope::dsp
