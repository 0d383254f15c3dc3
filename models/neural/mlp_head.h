// A multilayer perceptron on table columns.
//
// Input: TableEncoder columns. Four layers 128-64-32-16, each linear, batch norm, ReLU, dropout 0.3; linear n_classes;
// softmax cross-entropy, Adam. Weights: mlp.safetensors with the keys layers.N.* of a Sequential; mlp.features.json.
#pragma once

#include "models/head.h"

namespace hitscope::models::neural {

extern const HeadInfo kMlp;

}  // namespace hitscope::models::neural
