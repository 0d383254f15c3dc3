#include "apps/shell/workers.h"

#include <malloc.h>

#include <cstdint>

#include "dsp/machine.h"

namespace hitscope::apps::shell {

int resolved_threads(int n_threads) {
  return n_threads > 0 ? n_threads : dsp::usable_cores();
}

int decoding_threads(int n_threads) {
  if (n_threads > 0) return n_threads;
  constexpr std::uint64_t kBytesPerThread = 256ULL << 20U;  // 20 minutes at 48 kHz in float32, and what renders them
  const std::uint64_t of_memory = std::max<std::uint64_t>(1, dsp::usable_memory() / kBytesPerThread);
  return static_cast<int>(std::min<std::uint64_t>(static_cast<std::uint64_t>(dsp::usable_cores()), of_memory));
}

BackgroundWorker::BackgroundWorker() : thread_([this] { loop(); }) {}

BackgroundWorker::~BackgroundWorker() {
  const std::lock_guard lock(mutex_);
  ending_ = true;
  changed_.notify_all();
}

void BackgroundWorker::post(std::function<void()> job) {
  const std::lock_guard lock(mutex_);
  if (error_) std::rethrow_exception(error_);
  jobs_.push_back(std::move(job));
  changed_.notify_all();
}

void BackgroundWorker::drain() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return (jobs_.empty() && !busy_) || error_; });
  if (error_) std::rethrow_exception(error_);
}

void BackgroundWorker::loop() {
  std::unique_lock lock(mutex_);
  while (!error_) {
    changed_.wait(lock, [this] { return ending_ || !jobs_.empty(); });
    if (ending_) return;
    const std::function<void()> job = std::move(jobs_.front());
    jobs_.pop_front();
    busy_ = true;
    lock.unlock();
    std::exception_ptr error;
    try {
      job();
    } catch (...) {
      error = std::current_exception();
    }
    lock.lock();
    busy_ = false;
    error_ = error;
    changed_.notify_all();
  }
}

void keep_freed_memory() {
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
}

}  // namespace hitscope::apps::shell
