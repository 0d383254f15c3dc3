// Makes network inputs from stored spectrograms: whole clips pooled, windows, or augmented windows.
//
// Networks never see the padding of a short clip, which would tell its length: its frames are repeated in place of it.
// Internal to models (includes LibTorch).
// Thread safety: any number of threads.
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
  /// Borrows the rows. `repeats_short_clips` as in StoredNetwork.
  explicit SpectrogramBatches(const data::StoredSpectrograms& stored, bool repeats_short_clips = true)
      : stored_(stored), repeats_short_clips_(repeats_short_clips) {}

  /// Reads all rows. Throws SpectrogramError for the first one with a value that is not finite.
  void require_finite() const;

  /// Whole clips [n, 1, n_bins, width]; longer ones are average-pooled over time.
  torch::Tensor pooled(std::span<const std::size_t> rows, std::int64_t width) const;
  /// One tensor [n, 1, n_bins, seen.width] per window.
  std::vector<torch::Tensor> windows(std::span<const std::size_t> rows, const ClipWindows& seen) const;
  /// One augmented window per row, drawn from (seed, epoch, row), mixed in pairs if asked for. `fill` [n_bins] replaces
  /// masked values.
  Batch augmented(std::span<const std::size_t> rows, std::int64_t width, const recipes::Augmentation& by,
                  std::span<const float> fill, std::uint64_t seed, int epoch) const;

 private:
  int n_bins() const { return stored_.n_bins(); }
  void read(std::size_t row, std::span<float> values) const;  // writes [n_bins, n_frames]
  std::vector<float> clip(std::size_t row) const;             // [n_bins, n_frames]

  const data::StoredSpectrograms& stored_;
  bool repeats_short_clips_;
};

}  // namespace hitscope::models::neural
