// Heads that describe each class by a distribution of its columns, with scikit-learn 1.2's parameters and answers:
//
// gaussian_nb, bernoulli_nb, multinomial_nb, complement_nb (naive Bayes), lda (LinearDiscriminantAnalysis),
// qda (QuadraticDiscriminantAnalysis). Our own: they are one or two sums over the rows. Files: STEM.safetensors. All
// but gaussian_nb and qda are linear in what they see, and keep linear.weight, linear.bias and linear.mean. Thread
// safety: a free function without shared state.
#pragma once

#include <span>

#include "models/head.h"

namespace hitscope::models::classical::bayes {

std::span<const HeadInfo* const> heads();

}  // namespace hitscope::models::classical::bayes
