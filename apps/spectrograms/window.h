// One spectrogram of the length that settings name: what render stores and what score sees.
// Thread safety: one FeatureExtractor per thread.
#pragma once

#include <span>

#include "apps/spectrograms/render_settings.h"
#include "dsp/feature_extractor.h"
#include "dsp/spectrogram.h"

namespace hitscope::apps::spectrograms {

/// `samples` at settings' rate, cut or zero-padded to its length. One FeatureExtractor per thread.
dsp::Spectrogram render_window(dsp::FeatureExtractor& extractor, std::span<const float> samples,
                               const RenderSettings& settings);

/// False where samples far outside [-1, 1] overflowed.
bool is_finite(const dsp::Spectrogram& spectrogram);

}  // namespace hitscope::apps::spectrograms
