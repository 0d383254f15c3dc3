#include "models/heads/runtime.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <malloc.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <torch/version.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "dsp/machine.h"
#include "models/classical/trees/library_versions.h"
#include "models/neural/trainer.h"

namespace hitscope::models::heads {
namespace {

/// The function `name` of OpenBLAS, where this process's BLAS is OpenBLAS.
template <typename Function>
Function* openblas_function(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

/// OpenBLAS built with its own threads fights with LibTorch's OpenMP threads over the cores: training is then slower
/// than on one. Its OpenMP build shares them and is left as it is.
void keep_blas_off_the_cores() {
  const auto get_parallel = openblas_function<int()>("openblas_get_parallel");
  const auto set_threads = openblas_function<void(int)>("openblas_set_num_threads");
  constexpr int kOwnThreads = 1;
  if (get_parallel != nullptr && set_threads != nullptr && get_parallel() == kOwnThreads) set_threads(1);
}

/// Asks the kernel (Linux 6.12 or later, others ignore it) for short turns on a core. Threads that work on one batch
/// wait for each other hundreds of times; beside other processes each wait would otherwise last until one of these has
/// had its whole turn. The share of the cores stays the same.
void ask_for_short_turns() {
  struct Attributes {  // struct sched_attr, which glibc 2.36 does not have
    std::uint32_t size = sizeof(Attributes);
    std::uint32_t policy = SCHED_OTHER;
    std::uint64_t flags = 0;
    std::int32_t nice = 0;
    std::uint32_t priority = 0;
    std::uint64_t turn_ns = 100'000;
    std::uint64_t deadline_ns = 0;
    std::uint64_t period_ns = 0;
    std::uint64_t unused = 0;
  } attributes;
  if (::sched_getscheduler(0) != SCHED_OTHER) return;
  attributes.nice = ::getpriority(PRIO_PROCESS, 0);
  ::syscall(SYS_sched_setattr, 0, &attributes, 0);
}

/// Whether matrices are multiplied by OpenBLAS: it may be there for LAPACK alone, beside another BLAS.
bool multiplies_by_openblas() {
  Dl_info place{};
  void* const multiply = ::dlsym(RTLD_DEFAULT, "sgemm_");
  if (multiply == nullptr || ::dladdr(multiply, &place) == 0) return false;
  void* const library = ::dlopen(place.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
  if (library == nullptr) return false;
  const bool is_openblas = ::dlsym(library, "openblas_get_config") != nullptr;  // its own or of what it needs
  ::dlclose(library);
  return is_openblas;
}

/// The BLAS of this process and the kind of its threads.
std::string blas_version() {
  if (at::hasMKL()) return "MKL";  // LibTorch's own, whatever OpenCV has loaded
  const auto config = openblas_function<char*()>("openblas_get_config");
  if (config == nullptr || !multiplies_by_openblas()) return "not OpenBLAS";
  const std::string words = config();  // "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH …"
  const std::string version = words.substr(0, words.find(' ', words.find(' ') + 1));
  constexpr std::array kThreads{"no threads", "own threads", "OpenMP threads"};
  const auto get_parallel = openblas_function<int()>("openblas_get_parallel");
  return version + " (" + kThreads.at(get_parallel == nullptr ? 0 : std::clamp(get_parallel(), 0, 2)) + ")";
}

}  // namespace

std::vector<dsp::LibraryVersion> library_versions() {
  std::vector<dsp::LibraryVersion> list{{"LibTorch", TORCH_VERSION}, {"BLAS", blas_version()}};
  for (dsp::LibraryVersion& library : classical::trees::library_versions()) list.push_back(std::move(library));
  return list;
}

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
  ask_for_short_turns();
  at::set_num_threads(n_threads > 0 ? n_threads : dsp::usable_cores());
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
}

}  // namespace hitscope::models::heads
