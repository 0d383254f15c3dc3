// A Fisher-Yates shuffle. std::shuffle may differ between standard libraries, and splits and epochs would differ with
// it.
// Thread safety: a free function without shared state.
#pragma once

#include <cstddef>
#include <random>
#include <utility>
#include <vector>

namespace hitscope::models::data {

template <typename T>
void shuffle(std::vector<T>& items, std::mt19937_64& random) {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random() % i]);
}

}  // namespace hitscope::models::data
