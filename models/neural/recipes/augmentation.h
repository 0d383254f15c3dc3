// Random changes to training clips, different in every epoch: crops, warps, gain, filters, noise and SpecAugment's
// masks, on spectrograms in decibels.
//
// All changes are drawn from the given generator alone, so a caller that seeds it by (seed, epoch, row) gets the same
// clip in any thread and any order.
// Thread safety: free functions without shared state.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <span>
#include <string_view>

#include "dsp/fields.h"
#include "models/data/needs.h"

namespace hitscope::models::neural::recipes {

using dsp::to_string;

/// The largest strength of each change, drawn uniformly unless said otherwise; 0 turns a change off.
struct Augmentation {
  /// share of the window by which it is shifted either way, if the clip is no longer than the window
  double time_shift = 0.1;
  double time_warp = 0.15;       ///< share by which a clip is played faster or slower
  double frequency_warp = 0.12;  ///< share by which bins are stretched or squeezed
  double gain_db = 4.0;          ///< decibels by which a clip is made louder or quieter
  double filter_db = 6.0;        ///< decibels of a smooth random curve over the bins
  double noise_db = 1.0;         ///< standard deviation of normal noise per value, dB
  int n_time_masks = 1;          ///< SpecAugment: number of masked stretches of frames
  double time_mask = 0.2;        ///< largest share of the window that one of them masks
  int n_frequency_masks = 1;     ///< SpecAugment: number of masked bands
  double frequency_mask = 0.15;  ///< largest share of the bins that one of them masks
  double mixup_alpha = 0.0;      ///< two clips are mixed with a weight from Beta(alpha, alpha), see mixup_weight()

  template <typename Visit>
  static void describe(Visit&& visit) {
    using A = Augmentation;
    const auto hidden = [&](auto A::*member, std::string_view name) { visit(member, {.name = name, .flag = "-"}); };
    hidden(&A::time_shift, "time_shift");
    hidden(&A::time_warp, "time_warp");
    hidden(&A::frequency_warp, "frequency_warp");
    hidden(&A::gain_db, "gain_db");
    hidden(&A::filter_db, "filter_db");
    hidden(&A::noise_db, "noise_db");
    hidden(&A::n_time_masks, "n_time_masks");
    hidden(&A::time_mask, "time_mask");
    hidden(&A::n_frequency_masks, "n_frequency_masks");
    hidden(&A::frequency_mask, "frequency_mask");
    visit(&A::mixup_alpha, {.name = "mixup",
                            .help = "mix pairs of training clips, with weights from Beta(ALPHA, ALPHA); 0 turns it off",
                            .value = "ALPHA",
                            .rule = dsp::at_least(0),
                            .needs = data::needs::kWindows});
  }
};

/// The mean that is subtracted from each clip before a network sees it.
enum class ClipNormalisation {
  kNone,   ///< none: loudness and spectral colour are kept
  kLevel,  ///< the clip's mean: removes its loudness
  kBins    ///< each bin's mean over the clip: also removes the colour of microphone, room and mastering
};
constexpr auto names_of(ClipNormalisation) {
  return std::to_array<dsp::Name<ClipNormalisation>>(
      {{ClipNormalisation::kNone, "none", "nothing"},
       {ClipNormalisation::kLevel, "level", "the mean of the clip, so that its loudness does not matter"},
       {ClipNormalisation::kBins, "bins", "the mean of each bin, so that microphone, room and mastering matter less"}});
}

/// The augmentation that only crops.
Augmentation no_augmentation();

/// A borrowed clip: values [n_bins, n_frames], row-major.
struct ClipView {
  std::span<const float> values;
  int n_bins = 0;
  int n_frames = 0;
};

/// Writes a randomly changed window of `width` frames of `clip` to `out` [n_bins, width]. Masked values become `fill`
/// [n_bins], the bins' means. Beyond its ends a clip repeats its last frame and bin.
void augment(const ClipView& clip, const Augmentation& by, std::span<const float> fill, int width,
             std::mt19937_64& random, std::span<float> out);

/// Writes the unchanged window of `width` frames from frame `first` to `out` [n_bins, width]; frames beyond the end
/// repeat the last one.
void crop(const ClipView& clip, int first, int width, std::span<float> out);

/// Share of the first of two mixed clips, drawn from Beta(alpha, alpha) and at least a half; 1 if alpha is 0.
double mixup_weight(double alpha, std::mt19937_64& random);

/// A generator seeded by all three, so that no two rows or epochs share a stream.
std::mt19937_64 generator_for(std::uint64_t seed, std::uint64_t epoch, std::uint64_t row);

}  // namespace hitscope::models::neural::recipes
