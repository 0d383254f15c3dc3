#include "models/head.h"

#include <ATen/Parallel.h>
#include <malloc.h>

#include <algorithm>
#include <stdexcept>
#include <thread>

#include "models/classical/logistic_head.h"
#include "models/neural/cnn_head.h"
#include "models/neural/mlp_head.h"

namespace hitscope::models {

std::vector<std::string> head_names() {
  return {"cnn", "mlp", "logistic"};
}

std::unique_ptr<Head> make_head(std::string_view name) {
  if (name == "cnn") return make_cnn_head();
  if (name == "mlp") return make_mlp_head();
  if (name == "logistic") return make_logistic_head();
  throw std::invalid_argument("head '" + std::string(name) + "' is unknown; it must be cnn, mlp or logistic");
}

void prepare_runtime(int n_threads) {
  const int n_cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  at::set_num_threads(n_threads > 0 ? n_threads : n_cores);
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
}

}  // namespace hitscope::models
