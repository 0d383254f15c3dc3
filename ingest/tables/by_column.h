// Work on the columns of a table, one after another on one thread or two.
//
// Thread safety: a free function without shared state.
#pragma once

#include <atomic>
#include <cstddef>
#include <future>
#include <thread>

namespace hitscope::ingest::tables {

/// Calls `work(column)` once for every column below `n_columns`, on two threads where there are two cores and two
/// columns; columns are taken as threads get free. What `work` throws is thrown here, when both threads have ended.
template <typename Work>
void for_each_column(std::size_t n_columns, const Work& work) {
  std::atomic<std::size_t> next{0};
  const auto take = [&] {
    for (std::size_t column = next++; column < n_columns; column = next++) work(column);
  };
  if (n_columns < 2 || std::thread::hardware_concurrency() < 2) return take();
  std::future<void> other = std::async(std::launch::async, take);  // its destructor waits
  take();
  other.get();
}

}  // namespace hitscope::ingest::tables
