// Grad-CAM (Selvaraju and others, 2017): where in its input a network found what speaks for one of its outputs.
//
// The feature maps of the last convolution are summed, each weighted by the mean gradient of that output with respect
// to the map; negative values are evidence against the output and become 0. The result says where, at the resolution of
// the maps, not why, and it says nothing about other clips. Internal to models (includes LibTorch).
// Thread safety: one thread at a time per network.
#pragma once

#include "models/neural/networks/spectrogram_network.h"

namespace hitscope::models::neural {

/// The unscaled map of each of `decibels` [n, 1, n_bins, width]: [n, h, w], >= 0, one value per place of
/// SpectrogramNetworkImpl::maps, in the units of the output with index `output` (a logit, or a regression's
/// standardised value). `columns` is [n, n_columns] for a network with table input. Puts the network into evaluation
/// mode. Throws std::invalid_argument for an output index out of range.
torch::Tensor grad_cam(networks::SpectrogramNetworkImpl& network, const torch::Tensor& decibels, std::int64_t output,
                       const torch::Tensor& columns = {});

/// The length of a clip in frames, and of what of it sounds; n_sound 0: all.
struct ClipExtent {
  std::int64_t n_frames = 0;
  std::int64_t n_sound = 0;
};

/// The map of one clip, [n_bins, n_frames] in 0..1. The map of each of `windows` ([1, 1, n_bins, width]) is
/// interpolated bilinearly over the `span` frames from the window's start; windows that overlap are averaged and frames
/// in no window, or in the padding, are 0. The result is divided by its largest value, unless that is 0.
std::vector<float> clip_activation(networks::SpectrogramNetworkImpl& network, const std::vector<torch::Tensor>& windows,
                                   const std::vector<std::int64_t>& starts, std::int64_t span, const ClipExtent& clip,
                                   std::int64_t output, const torch::Tensor& columns = {});

}  // namespace hitscope::models::neural
