// Draws a spectrogram [n_bins, n_frames] as a PNG picture: for people (picture_png, or overlay_png with weights such as
// Grad-CAM) or as the input of an image model (image_png).
//
// OpenCV draws; libpng encodes, because OpenCV's own encoder module (imgcodecs) pulls in 120 shared libraries and 80 ms
// of start-up that every `hitscope render` would pay.
// Thread safety: free functions without shared state.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dsp/front_end.h"
#include "dsp/spectrogram.h"

namespace hitscope::dsp {

/// Size of the plot without its margins. Labels have a fixed size in pixels, so they look larger in a smaller plot that
/// a page scales up.
struct PlotSize {
  int width = 960;   ///< pixels, 100..10000
  int height = 420;  ///< pixels, 100..10000
  /// Throws FieldError naming field, value and rule.
  void validate() const { check_fields(*this); }

  template <typename Visit>
  static void describe(Visit&& visit) {
    visit(&PlotSize::width,
          {.name = "width", .help = "width of the plot", .value = "PIXELS", .rule = between(100, 10000)});
    visit(&PlotSize::height,
          {.name = "height", .help = "height of the plot", .value = "PIXELS", .rule = between(100, 10000)});
  }
};

/// PNG bytes of a result computed with `config`: magma colours, low frequencies at the bottom, axes in Hz (or number of
/// the coefficient) and seconds, a colour bar and a title. Power is drawn in decibels. Throws std::invalid_argument for
/// an empty one.
std::vector<std::uint8_t> picture_png(const Spectrogram& spectrogram, const FrontEndConfig& config,
                                      const std::string& title, const PlotSize& size = {});

/// The same picture in grey under an orange layer whose opacity follows `weights` [n_bins, n_frames], 0..1; the bar
/// beside it shows the layer from "none" to "most". Throws std::invalid_argument for an empty spectrogram or weights of
/// another size.
std::vector<std::uint8_t> overlay_png(const Spectrogram& spectrogram, std::span<const float> weights,
                                      const FrontEndConfig& config, const std::string& title,
                                      const PlotSize& size = {});

/// The range of values that an image's 256 greys stand for.
struct GreyRange {
  double low = -60.0;  ///< value of black, in decibels or the spectrogram's own unit
  double high = 40.0;  ///< value of white
  /// Throws std::invalid_argument naming field, value and rule.
  void validate() const;
};

/// PNG bytes of the data alone, 8-bit greyscale: one pixel per value, n_frames wide and n_bins high, low frequencies at
/// the bottom. It is not scaled to the clip: equal greys mean equal values in every image. Throws std::invalid_argument
/// for an empty spectrogram.
std::vector<std::uint8_t> image_png(const Spectrogram& spectrogram, const GreyRange& range);

}  // namespace hitscope::dsp
