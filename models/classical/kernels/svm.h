// Support vector machines with kernels, with scikit-learn 1.2's parameters: svc (SVC with probabilities by Platt,
// several classes in pairs) and svr (SVR).
//
// Exact up to `exact_up_to` training rows (smo.h); of more, Nyström's approximation with `n_components` rows and the
// same loss, its corner rounded over a fiftieth. Our own: libsvm computes the kernel an entry at a time and fits a
// machine anew for each of the five folds of its probabilities; here the kernel's rows are vectors and serve all folds.
// Files: STEM.safetensors (kernel_machine.h).
// Thread safety: a free function without shared state.
#pragma once

#include <span>

#include "models/head.h"

namespace hitscope::models::classical::kernels {

std::span<const HeadInfo* const> heads();

}  // namespace hitscope::models::classical::kernels
