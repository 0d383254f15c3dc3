// From stored spectrograms to what a network is given: whole clips pooled, windows, augmented windows.
// Internal to models (includes LibTorch). Thread safety: const, any number of threads.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <span>
#include <vector>

#include "models/data/dataset.h"
#include "models/neural/batch_feed.h"
#include "models/neural/recipes/augmentation.h"

namespace hitscope::models::neural {

class SpectrogramBatches {
 public:
  /// Borrows the view's rows.
  explicit SpectrogramBatches(const data::SpectrogramView& view) : view_(view) {}

  /// Throws SpectrogramError for the first row that has a value which is not finite. Reads all of them.
  void require_finite() const;

  /// [n, 1, n_bins, width]; longer clips are average-pooled over time.
  torch::Tensor pooled(std::span<const std::size_t> rows, std::int64_t width) const;
  /// First frames of `n_windows` of `width` that lie evenly over the clips.
  std::vector<std::int64_t> window_starts(std::int64_t width, int n_windows) const;
  /// [n, 1, n_bins, width] each of them.
  std::vector<torch::Tensor> windows(std::span<const std::size_t> rows, std::int64_t width, int n_windows) const;
  /// One window each, by (seed, epoch, row), and mixed in pairs. `fill` [n_bins].
  Batch augmented(std::span<const std::size_t> rows, std::int64_t width, const recipes::Augmentation& by,
                  std::span<const float> fill, std::uint64_t seed, int epoch) const;

 private:
  void read(std::size_t row, std::span<float> values) const;  // [n_bins, n_frames] of it
  std::vector<float> clip(std::size_t row) const;             // [n_bins, n_frames]

  data::SpectrogramView view_;
};

}  // namespace hitscope::models::neural
