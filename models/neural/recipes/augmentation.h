// Training clips that are heard a little differently in every epoch: random crops, warps, gain, noise and SpecAugment's
// masks, in decibels.
//
// What happens to a clip is drawn from the generator it is given and nothing else, so that a caller who seeds it by
// (seed, epoch, row) gets the same clip whatever thread makes it, and whenever.
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

/// How strong each change may be; all of them uniform unless said otherwise. 0 leaves it out.
struct Augmentation {
  double time_shift = 0.1;       ///< of the window, either way, where the clip is no longer than the window
  double time_warp = 0.15;       ///< faster or slower by at most this share
  double frequency_warp = 0.12;  ///< bins are stretched or squeezed by at most this share, as vocal tracts differ
  double gain_db = 4.0;          ///< louder or quieter by at most this
  double filter_db = 6.0;        ///< a smooth curve over the bins of at most this, as microphones and rooms differ
  double noise_db = 1.0;         ///< standard deviation of normal noise, drawn for each cell
  int n_time_masks = 1;          ///< SpecAugment: stretches of frames that say nothing
  double time_mask = 0.2;        ///< of the window, at most
  int n_frequency_masks = 1;     ///< SpecAugment: bands that say nothing
  double frequency_mask = 0.15;  ///< of the bins, at most
  double mixup_alpha = 0.0;      ///< two clips as one, weighed by a Beta(alpha, alpha); see mixup_weight()

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

/// What is taken from each clip before a network sees it.
enum class ClipNormalisation {
  kNone,   ///< nothing: how loud a clip is, and its colour, count
  kLevel,  ///< its mean: how loud it is does not count
  kBins    ///< the mean of each of its bins: neither do microphone, room or mastering
};
constexpr auto names_of(ClipNormalisation) {
  return std::to_array<dsp::Name<ClipNormalisation>>(
      {{ClipNormalisation::kNone, "none", "nothing"},
       {ClipNormalisation::kLevel, "level", "the mean of the clip, so that its loudness does not matter"},
       {ClipNormalisation::kBins, "bins", "the mean of each bin, so that microphone, room and mastering matter less"}});
}

/// No change but the crop.
Augmentation no_augmentation();

/// A clip [n_bins, n_frames], row-major.
struct ClipView {
  std::span<const float> values;
  int n_bins = 0;
  int n_frames = 0;
};

/// A window of `width` frames of `clip` into `out` [n_bins, width], changed at random. Masks and what noise hides are
/// filled with `fill` [n_bins], the bins' mean. Beyond its ends a clip goes on as its last frame and bin.
void augment(const ClipView& clip, const Augmentation& by, std::span<const float> fill, int width,
             std::mt19937_64& random, std::span<float> out);

/// The window of `width` frames that begins at `first`, as it is; frames beyond the end repeat the last one.
void crop(const ClipView& clip, int first, int width, std::span<float> out);

/// Share of the first of two mixed clips: from Beta(alpha, alpha), at least a half; 1 where alpha is 0.
double mixup_weight(double alpha, std::mt19937_64& random);

/// Seeds by all three, so that no two rows or epochs share a stream.
std::mt19937_64 generator_for(std::uint64_t seed, std::uint64_t epoch, std::uint64_t row);

}  // namespace hitscope::models::neural::recipes
