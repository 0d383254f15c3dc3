// Networks on spectrograms as heads: "cnn" (the baseline), "four_block_cnn", "short_chunk_resnet", "musicnn", "crnn";
// and "fusion", short_chunk_resnet with the table's columns beside its embedding.
//
// Input [n, 1, n_bins, width] decibels, standardised per row (mel band, frequency bin or coefficient) by training-set
// statistics. The baseline sees the whole clip, average-pooled to 128 frames where there are more, as it is; the others
// see windows of at most 256 frames: while they learn, one window drawn anew in each epoch, augmented (see
// augmentation.h) and mixed; when they judge, up to eight that lie evenly over the clip, of which the mean logits
// count. Files: NAME.safetensors with PyTorch's keys, NAME.json (shape), of a regression NAME.values.json, of fusion
// fusion.features.json.
#pragma once

#include <span>

#include "models/head.h"

namespace hitscope::models::neural {

/// The heads above, in their order.
std::span<const HeadInfo> spectrogram_heads();

}  // namespace hitscope::models::neural
