// The batches of an epoch: which rows they hold, in what order, and their inputs, each batch made while the one before
// it is learned.
//
// Orders are drawn from (seed, epoch) alone. Internal to models (includes LibTorch).
// Thread safety: free functions without shared state; a BatchFeed serves one thread and calls `make` on a second one.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <future>
#include <span>
#include <vector>

namespace hitscope::models::neural {

/// What one training step learns from; n is the number of rows.
struct Batch {
  torch::Tensor inputs;                 ///< [n, …]
  std::vector<std::size_t> rows;        ///< [n], the rows whose targets count
  std::vector<std::size_t> partners{};  ///< [n], the rows mixed into `rows` (mixup); empty: none
  double weight = 1.0;                  ///< share of the targets of `rows` in a mix; those of `partners` have the rest
  torch::Tensor columns{};              ///< [n, n_columns], encoded table; undefined for networks without table input

  Batch to(const torch::Device& device) const;
};

/// `rows` [n_rows] in a random order that differs from epoch to epoch.
std::vector<std::size_t> shuffled_rows(std::span<const std::size_t> rows, std::uint64_t seed, int epoch);
/// rows.size() rows drawn so that all classes among `rows` are equally frequent: each class's rows in a random order,
/// which a small class repeats. `targets` is indexed by row.
std::vector<std::size_t> balanced_rows(std::span<const std::size_t> rows, std::span<const int> targets,
                                       std::uint64_t seed, int epoch);

/// Consecutive parts of `rows`, `size` rows each; a last part of fewer than `least` rows joins the one before it, since
/// batch norm cannot learn from a single row.
std::vector<std::span<const std::size_t>> batches_of(std::span<const std::size_t> rows, std::size_t size,
                                                     std::size_t least = 2);

class BatchFeed {
 public:
  using Make = std::function<Batch(std::span<const std::size_t> rows)>;

  /// `make` gives the batch of some rows. With `on_a_thread` it makes the next batch on another thread while this one
  /// is learned.
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
