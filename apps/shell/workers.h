// Threads over independent items, and one thread for what may be done later.
// Thread safety: made for it.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace hitscope::apps::shell {

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
  const auto n_workers = std::min<std::size_t>(n, static_cast<std::size_t>(resolved_threads(n_threads)));
  for (std::size_t t = 1; t < n_workers; ++t) threads.emplace_back(loop);
  loop();
  threads.clear();  // joins
  if (error) std::rethrow_exception(error);
}

/// Runs jobs one after another in a thread of its own, so that nobody waits for a disk.
class BackgroundWorker {
 public:
  BackgroundWorker();
  /// Ends after the job in hand; drain() first to have them all.
  ~BackgroundWorker();
  BackgroundWorker(const BackgroundWorker&) = delete;
  BackgroundWorker& operator=(const BackgroundWorker&) = delete;

  /// Throws what an earlier job threw.
  void post(std::function<void()> job);
  /// Waits for all jobs posted so far; throws what the first of them threw that failed, after which no more are run.
  void drain();

 private:
  void loop();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  std::exception_ptr error_;
  bool busy_ = false;
  bool ending_ = false;
  std::jthread thread_;  // last: it uses all of the above
};

/// Tells the allocator to keep what is freed: a worker frees and wants the same megabytes for every clip, and giving
/// them back to the kernel in between costs a quarter of the whole run in page faults. Call before any thread starts.
void keep_freed_memory();

}  // namespace hitscope::apps::shell
