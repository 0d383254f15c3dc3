#include "models/neural/batch_feed.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <random>

#include "models/data/shuffle.h"

namespace hitscope::models::neural {
namespace {

std::mt19937_64 epoch_generator(std::uint64_t seed, int epoch) {
  std::seed_seq seeds{seed & 0xFFFF'FFFFU, seed >> 32U, static_cast<std::uint64_t>(epoch)};
  return std::mt19937_64(seeds);
}

}  // namespace

Batch Batch::to(const torch::Device& device) const {
  Batch moved = *this;
  moved.inputs = inputs.to(device);
  if (columns.defined()) moved.columns = columns.to(device);
  return moved;
}

std::vector<std::size_t> shuffled_rows(std::span<const std::size_t> rows, std::uint64_t seed, int epoch) {
  std::mt19937_64 random = epoch_generator(seed, epoch);
  std::vector<std::size_t> order(rows.begin(), rows.end());
  data::shuffle(order, random);
  return order;
}

std::vector<std::size_t> balanced_rows(std::span<const std::size_t> rows, std::span<const int> targets,
                                       std::uint64_t seed, int epoch) {
  std::mt19937_64 random = epoch_generator(seed, epoch);
  std::map<int, std::vector<std::size_t>> by_class;
  for (const std::size_t row : rows) by_class[targets[row]].push_back(row);
  for (auto& [target, members] : by_class) data::shuffle(members, random);
  std::vector<std::size_t> order;
  for (std::size_t turn = 0; order.size() < rows.size(); ++turn) {
    for (auto& [target, members] : by_class) {
      const std::size_t place = turn % members.size();
      if (place == 0 && turn > 0) data::shuffle(members, random);
      order.push_back(members[place]);
    }
  }
  order.resize(rows.size());
  data::shuffle(order, random);
  return order;
}

std::vector<std::span<const std::size_t>> batches_of(std::span<const std::size_t> rows, std::size_t size,
                                                     std::size_t least) {
  std::vector<std::span<const std::size_t>> parts;
  for (std::size_t first = 0; first < rows.size();) {
    const std::size_t n = rows.size() - first < size + least ? rows.size() - first : size;
    parts.push_back(rows.subspan(first, n));
    first += n;
  }
  return parts;
}

Batch BatchFeed::take(std::size_t i) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  Batch batch = next_.valid() ? next_.get() : make_(parts_[i]);
  waited_ += std::chrono::duration<double>(Clock::now() - start).count();
  if (on_a_thread_ && i + 1 < parts_.size()) {
    next_ = std::async(std::launch::async, [this, i] { return make_(parts_[i + 1]); });
  }
  return batch;
}

}  // namespace hitscope::models::neural
