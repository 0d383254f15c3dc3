#include "models/head.h"

#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <malloc.h>

#include <algorithm>
#include <stdexcept>
#include <thread>

#include "models/classical/logistic_head.h"
#include "models/classical/ridge_head.h"
#include "models/classical/tree_head.h"
#include "models/neural/mlp_head.h"
#include "models/neural/spectrogram_head.h"

namespace hitscope::models {

SpectrogramError::SpectrogramError(std::size_t dataset_row)
    : std::runtime_error("the spectrogram of row " + std::to_string(dataset_row) +
                         " has values that are not finite (NaN or infinite)"),
      row(dataset_row) {}

std::vector<double> Head::predict_values(const Dataset&, std::span<const std::size_t>) {
  throw std::logic_error(std::string(name()) + ": predicts classes, not values");
}

std::vector<float> Head::class_activation(const Dataset&, std::size_t, int) {
  throw std::logic_error(std::string(name()) + ": keeps no maps of a spectrogram");
}

std::vector<std::string> head_names() {
  std::vector<std::string> names = spectrogram_head_names();
  names.insert(names.end(), {"mlp", "random_forest", "boosted_trees", "logistic", "ridge"});
  return names;
}

std::vector<std::string> usual_head_names() {
  std::vector<std::string> names = head_names();
  std::erase(names, "four_block_cnn");
  std::erase(names, "musicnn");
  std::erase(names, "crnn");
  return names;
}

std::unique_ptr<Head> make_head(std::string_view name) {
  const std::vector<std::string> networks = spectrogram_head_names();
  if (std::find(networks.begin(), networks.end(), name) != networks.end()) return make_spectrogram_head(name);
  if (name == "mlp") return make_mlp_head();
  if (name == "random_forest") return make_random_forest_head();
  if (name == "boosted_trees") return make_boosted_trees_head();
  if (name == "logistic") return make_logistic_head();
  if (name == "ridge") return make_ridge_head();
  std::string names;
  for (const std::string& known : head_names()) names += (names.empty() ? "" : ", ") + known;
  throw std::invalid_argument("head '" + std::string(name) + "' is unknown; it must be one of " + names);
}

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

Precision usual_precision(const std::string& device) {
#if defined(__x86_64__)
  if (device == "cpu" && __builtin_cpu_supports("avx512bf16") != 0) return Precision::kBfloat16;
#endif
  static_cast<void>(device);
  return Precision::kFloat32;
}

void prepare_runtime(int n_threads) {
  keep_blas_off_the_cores();
  const int n_cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  at::set_num_threads(n_threads > 0 ? n_threads : n_cores);
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
}

}  // namespace hitscope::models
