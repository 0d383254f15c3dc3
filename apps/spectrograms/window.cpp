#include "apps/spectrograms/window.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace hitscope::apps::spectrograms {

dsp::Spectrogram render_window(dsp::FeatureExtractor& extractor, std::span<const float> samples,
                               const RenderSettings& settings) {
  const auto wanted = static_cast<std::size_t>(settings.n_samples());
  if (samples.size() >= wanted) return extractor.compute(samples.first(wanted));
  std::vector<float> padded(wanted, 0.0F);
  std::copy(samples.begin(), samples.end(), padded.begin());
  return extractor.compute(padded);
}

bool is_finite(const dsp::Spectrogram& spectrogram) {
  return std::all_of(spectrogram.values.begin(), spectrogram.values.end(), [](float x) { return std::isfinite(x); });
}

}  // namespace hitscope::apps::spectrograms
