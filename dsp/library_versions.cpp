#include "dsp/library_versions.h"

#include <fftw3.h>
#include <png.h>
#include <soxr.h>

#include <opencv2/core/utility.hpp>

namespace hitscope::dsp {
namespace {

/// "3.3.10" of "fftw-3.3.10-sse2-avx" or "libsoxr-0.1.3".
std::string number_in(const std::string& text) {
  const std::size_t begin = text.find_first_of("0123456789");
  if (begin == std::string::npos) return text;
  return text.substr(begin, text.find_first_not_of("0123456789.", begin) - begin);
}

}  // namespace

std::vector<LibraryVersion> library_versions() {
  return {{"FFTW", number_in(::fftwf_version)},
          {"soxr", number_in(::soxr_version())},
          {"OpenCV", cv::getVersionString()},
          {"libpng", ::png_get_libpng_ver(nullptr)}};
}

}  // namespace hitscope::dsp
