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

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "models/head.h"

namespace hitscope::models::neural {

/// The names above, in their order.
std::vector<std::string> spectrogram_head_names();
/// Throws std::invalid_argument for an unknown name.
std::unique_ptr<Head> make_spectrogram_head(std::string_view name);

}  // namespace hitscope::models::neural
