// Grad-CAM (Selvaraju and others, 2017): where in its input a network found what speaks for one of its outputs.
//
// The maps of the last convolution are summed, each weighted by the mean over its places of the gradient of that output
// with respect to it; what is below 0 speaks against the output and becomes 0. It says where, as coarsely as the maps
// lie, not why, and nothing of what the network would make of another clip. Internal to models (includes LibTorch).
// Thread safety: as the network's.
#pragma once

#include "models/neural/networks/spectrogram_network.h"

namespace hitscope::models::neural {

/// [n, 1, n_bins, width] decibels to [n, h, w] >= 0, one value per place of SpectrogramNetworkImpl::maps, in units of
/// output `output` (of logits, or of a regression's standardised value): not scaled. Puts the network into evaluation
/// mode. `columns` [n, n_columns] of a network that has them. Throws std::invalid_argument for an output it has not.
torch::Tensor grad_cam(networks::SpectrogramNetworkImpl& network, const torch::Tensor& decibels, std::int64_t output,
                       const torch::Tensor& columns = {});

/// The map of one clip, [n_bins, n_frames] in 0..1: of each of `windows` [1, 1, n_bins, width] the map of grad_cam is
/// stretched, bilinearly between the middles of its places, over the `span` frames from its start; where windows
/// overlap the mean counts; frames in none are 0. Scaled by the largest value, where that is not 0.
std::vector<float> clip_activation(networks::SpectrogramNetworkImpl& network, const std::vector<torch::Tensor>& windows,
                                   const std::vector<std::int64_t>& starts, std::int64_t span, std::int64_t n_frames,
                                   std::int64_t output, const torch::Tensor& columns = {});

}  // namespace hitscope::models::neural
