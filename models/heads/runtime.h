// The runtime that heads need in a process: threads, memory and devices.
// Thread safety: prepare_runtime once, before anything else; the others are free functions without shared state.
#pragma once

#include <string>
#include <vector>

#include "dsp/library_versions.h"
#include "models/head.h"

namespace hitscope::models::heads {

/// Throws std::invalid_argument unless `device` (NetworkOptions::device) is available on this machine and in this
/// LibTorch.
void check_device(const std::string& device);

/// The precision in which networks train fastest on `device` without a loss of accuracy: kBfloat16 on processors that
/// multiply in it (AVX-512 BF16), else kFloat32.
Precision usual_precision(const std::string& device);

/// The libraries that heads are made with, among them the BLAS that this process loaded, with its threads.
std::vector<dsp::LibraryVersion> library_versions();

/// Tells LibTorch how many threads to use (0: one per core), OpenBLAS with threads of its own to use one, the kernel to
/// give threads short turns, and glibc to keep large blocks, without which training spends a third of its time in page
/// faults. Call it before there are other threads.
void prepare_runtime(int n_threads);

}  // namespace hitscope::models::heads
