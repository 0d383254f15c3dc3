// The batches of an epoch: which rows, in what order, and each made while the one before it is learned.
//
// Everything is drawn from (seed, epoch). Internal to models (includes LibTorch).
// Thread safety: one thread (which has one of its own at work).
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <future>
#include <span>
#include <vector>

namespace hitscope::models::neural {

/// What a step learns from.
struct Batch {
  torch::Tensor inputs;                 ///< [n, …]
  std::vector<std::size_t> rows;        ///< [n], whose targets
  std::vector<std::size_t> partners{};  ///< [n], mixed into `rows`; empty: none
  double weight = 1.0;                  ///< of the targets of `rows`
  torch::Tensor columns{};              ///< [n, n_columns], of networks that see the table too; else undefined

  Batch to(const torch::Device& device) const;
};

/// `rows` in another order in every epoch.
std::vector<std::size_t> shuffled_rows(std::span<const std::size_t> rows, std::uint64_t seed, int epoch);
/// As many rows, drawn so that every class that has any is as frequent: each class's rows in a random order, again and
/// again where they are few. `targets` by row.
std::vector<std::size_t> balanced_rows(std::span<const std::size_t> rows, std::span<const int> targets,
                                       std::uint64_t seed, int epoch);

/// Parts of `size` rows; a last part of fewer than `least` joins the one before it. Batch norm cannot learn from a
/// single row.
std::vector<std::span<const std::size_t>> batches_of(std::span<const std::size_t> rows, std::size_t size,
                                                     std::size_t least = 2);

class BatchFeed {
 public:
  using Make = std::function<Batch(std::span<const std::size_t> rows)>;

  /// `on_a_thread`: the next batch is made on another thread while this one is learned.
  BatchFeed(Make make, std::vector<std::span<const std::size_t>> parts, bool on_a_thread)
      : make_(std::move(make)), parts_(std::move(parts)), on_a_thread_(on_a_thread) {}

  Batch take(std::size_t i);
  double waited_s() const { return waited_; }

 private:
  Make make_;
  std::vector<std::span<const std::size_t>> parts_;
  bool on_a_thread_;
  double waited_ = 0.0;
  std::future<Batch> next_;
};

}  // namespace hitscope::models::neural
