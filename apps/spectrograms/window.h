// Computes a spectrogram of the length given by settings, as render stores it and score needs it.
// Thread safety: one FeatureExtractor per thread.
#pragma once

#include <span>

#include "apps/spectrograms/render_settings.h"
#include "dsp/feature_extractor.h"
#include "dsp/spectrogram.h"

namespace hitscope::apps::spectrograms {

/// The spectrogram [n_bins, n_frames] of `samples` [n_samples], mono at the settings' sample rate, cut or zero-padded
/// to the settings' length.
dsp::Spectrogram render_window(dsp::FeatureExtractor& extractor, std::span<const float> samples,
                               const RenderSettings& settings);

/// Whether all values are finite; samples far outside [-1, 1] can overflow.
bool is_finite(const dsp::Spectrogram& spectrogram);

}  // namespace hitscope::apps::spectrograms
