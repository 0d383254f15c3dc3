// From stored spectrograms to what a network is given: whole clips pooled, windows, augmented windows.
// Internal to models (includes LibTorch). Thread safety: const, any number of threads.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <span>
#include <vector>

#include "models/data/examples.h"
#include "models/neural/batch_feed.h"
#include "models/neural/network_files.h"
#include "models/neural/recipes/augmentation.h"

namespace hitscope::models::neural {

class SpectrogramBatches {
 public:
  /// Borrows the rows.
  explicit SpectrogramBatches(const data::StoredSpectrograms& stored) : stored_(stored) {}

  /// Throws SpectrogramError for the first row that has a value which is not finite. Reads all of them.
  void require_finite() const;

  /// [n, 1, n_bins, width]; longer clips are average-pooled over time.
  torch::Tensor pooled(std::span<const std::size_t> rows, std::int64_t width) const;
  /// The windows of each clip, [n, 1, n_bins, seen.width] for each window.
  std::vector<torch::Tensor> windows(std::span<const std::size_t> rows, const ClipWindows& seen) const;
  /// One window each, by (seed, epoch, row), and mixed in pairs. `fill` [n_bins].
  Batch augmented(std::span<const std::size_t> rows, std::int64_t width, const recipes::Augmentation& by,
                  std::span<const float> fill, std::uint64_t seed, int epoch) const;

 private:
  int n_bins() const { return stored_.n_bins(); }
  void read(std::size_t row, std::span<float> values) const;  // [n_bins, n_frames] of it
  std::vector<float> clip(std::size_t row) const;             // [n_bins, n_frames]

  const data::StoredSpectrograms& stored_;
};

}  // namespace hitscope::models::neural
