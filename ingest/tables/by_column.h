// Runs work on the columns of a table, on one thread or two.
//
// Thread safety: a free function without shared state.
#pragma once

#include <atomic>
#include <cstddef>
#include <future>
#include <thread>

#include "dsp/machine.h"

namespace hitscope::ingest::tables {

/// Calls `work(column)` once for every column in 0..n_columns-1, on two threads if there are two usable cores and two
/// columns. An exception of `work` is rethrown when both threads have ended.
template <typename Work>
void for_each_column(std::size_t n_columns, const Work& work) {
  std::atomic<std::size_t> next{0};
  const auto take = [&] {
    for (std::size_t column = next++; column < n_columns; column = next++) work(column);
  };
  if (n_columns < 2 || dsp::usable_cores() < 2) return take();
  std::future<void> other = std::async(std::launch::async, take);  // its destructor waits
  take();
  other.get();
}

}  // namespace hitscope::ingest::tables
