// Threads over independent items.
// Thread safety: made for it.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace hitscope::apps {

/// 0 means one per core.
inline int resolved_threads(int n_threads) {
  return n_threads > 0 ? n_threads : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

/// Calls worker(i) once for each i below n, `make_worker` having made one worker per thread. The first exception ends
/// all threads after their item and is thrown here.
template <typename MakeWorker>
void for_each_in_threads(std::size_t n, int n_threads, const MakeWorker& make_worker) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr error;
  std::mutex mutex;
  const auto loop = [&] {
    try {
      auto worker = make_worker();
      for (std::size_t i = next++; i < n; i = next++) worker(i);
    } catch (...) {
      const std::lock_guard guard(mutex);
      if (!error) error = std::current_exception();
      next = n;
    }
  };
  std::vector<std::jthread> threads;
  for (int t = 1; t < resolved_threads(n_threads); ++t) threads.emplace_back(loop);
  loop();
  threads.clear();  // joins
  if (error) std::rethrow_exception(error);
}

}  // namespace hitscope::apps
