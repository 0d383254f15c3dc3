// Makes network inputs from stored spectrograms: whole clips pooled, windows, or augmented windows. Internal to models
// (includes LibTorch).
// Thread safety: any number of threads.
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

  /// Reads all rows. Throws SpectrogramError for the first one with a value that is not finite.
  void require_finite() const;

  /// Whole clips [n, 1, n_bins, width]; longer ones are average-pooled over time.
  torch::Tensor pooled(std::span<const std::size_t> rows, std::int64_t width) const;
  /// First frames of `n_windows` evenly spaced windows of `width` frames.
  std::vector<std::int64_t> window_starts(std::int64_t width, int n_windows) const;
  /// `n_windows` tensors [n, 1, n_bins, width], one per start.
  std::vector<torch::Tensor> windows(std::span<const std::size_t> rows, std::int64_t width, int n_windows) const;
  /// One augmented window per row, drawn from (seed, epoch, row), mixed in pairs if asked for. `fill` [n_bins] replaces
  /// masked values.
  Batch augmented(std::span<const std::size_t> rows, std::int64_t width, const recipes::Augmentation& by,
                  std::span<const float> fill, std::uint64_t seed, int epoch) const;

 private:
  void read(std::size_t row, std::span<float> values) const;  // writes [n_bins, n_frames]
  std::vector<float> clip(std::size_t row) const;             // [n_bins, n_frames]

  data::SpectrogramView view_;
};

}  // namespace hitscope::models::neural
