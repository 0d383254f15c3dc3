// One thread for little work: two threads that wait for each other after every few microseconds take longer than one.
// Thread safety: one object at a time per process, since the number of threads belongs to the process.
#pragma once

#include <ATen/Parallel.h>

namespace hitscope::models::neural {

/// While it lives, LibTorch uses one thread if a step takes fewer than 30 million multiplications.
class FewThreads {
 public:
  explicit FewThreads(double multiplications) : before_(at::get_num_threads()) {
    constexpr double kWorthASecondThread = 3e7;
    if (multiplications < kWorthASecondThread) at::set_num_threads(1);
  }
  ~FewThreads() { at::set_num_threads(before_); }
  FewThreads(const FewThreads&) = delete;
  FewThreads& operator=(const FewThreads&) = delete;

 private:
  int before_;
};

}  // namespace hitscope::models::neural
