// Runs independent items in parallel threads, and jobs one after another in a background thread.
// Thread safety: for_each_in_threads may be called from any thread; a BackgroundWorker serves one calling thread.
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

/// `n_threads`, or one per usable core if it is 0.
int resolved_threads(int n_threads);
/// The same for threads that decode files: if it is 0, no more than the usable memory is enough for.
int decoding_threads(int n_threads);

/// Calls worker(i) once for each i in 0..n-1, on decoding_threads(n_threads), with one worker per thread made by
/// `make_worker`. The first exception ends all threads after their current item and is rethrown.
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
  const auto n_workers = std::min<std::size_t>(n, static_cast<std::size_t>(decoding_threads(n_threads)));
  for (std::size_t t = 1; t < n_workers; ++t) threads.emplace_back(loop);
  loop();
  threads.clear();  // joins
  if (error) std::rethrow_exception(error);
}

/// Runs jobs one after another in its own thread, so that the caller does not wait for a disk.
class BackgroundWorker {
 public:
  BackgroundWorker();
  /// Ends after the current job and drops the others; call drain() first.
  ~BackgroundWorker();
  BackgroundWorker(const BackgroundWorker&) = delete;
  BackgroundWorker& operator=(const BackgroundWorker&) = delete;

  /// Adds a job. Throws what an earlier job threw.
  void post(std::function<void()> job);
  /// Waits for all jobs posted so far. If one throws, the others are not run and its exception is rethrown.
  void drain();

 private:
  void loop();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  std::exception_ptr error_;
  bool busy_ = false;
  bool ending_ = false;
  std::jthread thread_;  // last: the thread uses all of the above
};

/// Tells the allocator to keep freed memory. A worker allocates the same megabytes for every clip, and returning them
/// to the kernel in between costs a quarter of the run time in page faults. Call it before any thread starts.
void keep_freed_memory();

}  // namespace hitscope::apps::shell
