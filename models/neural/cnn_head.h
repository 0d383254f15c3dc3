// The baseline CNN on mel spectrograms.
//
// Input [n, 1, n_bins, width] decibels, standardised per row (mel band, frequency bin or coefficient) by training-set
// statistics; width = n_frames, or 128 where there are more (time is then average-pooled). Conv 3x3 1->32, max-pool
// 2x2, ReLU (pooling first gives the same values and is faster), flatten, dense 64, ReLU, dropout 0.5, dense n_classes;
// softmax cross-entropy, Adam. Weights: cnn.safetensors with the keys conv.*, dense.*, output.* and the buffers
// input_mean, input_std [n_bins].
#pragma once

#include <memory>

#include "models/head.h"

namespace hitscope::models {

std::unique_ptr<Head> make_cnn_head();

}  // namespace hitscope::models
