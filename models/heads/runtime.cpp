#include "models/heads/runtime.h"

#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <malloc.h>

#include <algorithm>

#include "dsp/usable_cores.h"
#include "models/neural/trainer.h"

namespace hitscope::models::heads {
namespace {

/// OpenBLAS built with its own threads fights with LibTorch's OpenMP threads over the cores: training is then slower
/// than on one. Its OpenMP build shares them and is left as it is.
void keep_blas_off_the_cores() {
  using GetParallel = int (*)();
  using SetThreads = void (*)(int);
  const auto get_parallel = reinterpret_cast<GetParallel>(dlsym(RTLD_DEFAULT, "openblas_get_parallel"));
  const auto set_threads = reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"));
  constexpr int kOwnThreads = 1;
  if (get_parallel != nullptr && set_threads != nullptr && get_parallel() == kOwnThreads) set_threads(1);
}

}  // namespace

void check_device(const std::string& device) {
  neural::device_from(device);
}

Precision usual_precision(const std::string& device) {
#if defined(__x86_64__)
  if (device == "cpu" && __builtin_cpu_supports("avx512bf16") != 0) return Precision::kBfloat16;
#endif
  static_cast<void>(device);
  return Precision::kFloat32;
}

void prepare_runtime(int n_threads) {
  keep_blas_off_the_cores();
  at::set_num_threads(n_threads > 0 ? n_threads : dsp::usable_cores());
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
}

}  // namespace hitscope::models::heads
