// Work on several threads whose result does not depend on their number. Internal to models.
// Thread safety: free functions without shared state.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace hitscope::models::data {

/// Runs work(0..n-1) on n_threads, and throws what the first of them threw.
template <typename Work>
void in_parallel(std::size_t n, int n_threads, const Work& work) {
  std::atomic<std::size_t> next = 0;
  std::exception_ptr failure;
  std::mutex mutex;
  const auto run = [&] {
    try {
      for (std::size_t i = next++; i < n; i = next++) work(i);
    } catch (...) {
      const std::lock_guard lock(mutex);
      failure = std::current_exception();
      next = n;
    }
  };
  {
    std::vector<std::jthread> threads;
    const auto n_useful = std::min<std::size_t>(static_cast<std::size_t>(std::max(n_threads, 1)), n);
    for (std::size_t t = 1; t < n_useful; ++t) threads.emplace_back(run);
    run();
  }
  if (failure) std::rethrow_exception(failure);
}

/// Rows in blocks that depend on their number only: sums over blocks, added in their order, are always the same.
struct Blocks {
  explicit Blocks(std::size_t n_rows_of_all, std::size_t least_rows = 2048, std::size_t most_blocks = 32)
      : n_rows(n_rows_of_all), size(std::max(least_rows, (n_rows_of_all + most_blocks - 1) / most_blocks)) {}

  std::size_t count() const { return (n_rows + size - 1) / size; }
  std::size_t begin(std::size_t block) const { return block * size; }
  std::size_t end(std::size_t block) const { return std::min(n_rows, (block + 1) * size); }

  std::size_t n_rows;
  std::size_t size;
};

/// work(begin, end) for blocks of `n_rows`.
template <typename Work>
void in_blocks(std::size_t n_rows, int n_threads, const Work& work, std::size_t least_rows = 2048) {
  const Blocks blocks(n_rows, least_rows, 256);
  in_parallel(blocks.count(), n_threads, [&](std::size_t b) { work(blocks.begin(b), blocks.end(b)); });
}

/// The sum over blocks of what `work(begin, end)` returns, a type with +=; `zero` is where it begins.
template <typename Sum, typename Work>
Sum summed(std::size_t n_rows, int n_threads, Sum zero, const Work& work, std::size_t least_rows = 2048) {
  const Blocks blocks(n_rows, least_rows);
  std::vector<Sum> sums(blocks.count(), zero);
  in_parallel(blocks.count(), n_threads, [&](std::size_t b) { work(blocks.begin(b), blocks.end(b), sums[b]); });
  for (const Sum& sum : sums) zero += sum;
  return zero;
}

}  // namespace hitscope::models::data
