#include "models/neural/spectrogram_batches.h"

#include <cmath>
#include <cstring>

#include "dsp/half.h"
#include "models/head.h"

namespace hitscope::models::neural {
namespace {

torch::Tensor empty_batch(std::size_t n, int n_bins, std::int64_t width) {
  return torch::empty({static_cast<std::int64_t>(n), 1, n_bins, width}, torch::kFloat32);
}

/// Repeats the first `n_sound` frames of [n_bins, n_frames] over those behind them.
void repeat_sound(std::span<float> values, int n_bins, int n_frames, int n_sound) {
  for (int bin = 0; bin < n_bins; ++bin) {
    float* row = &values[static_cast<std::size_t>(bin) * static_cast<std::size_t>(n_frames)];
    for (int t = n_sound; t < n_frames; ++t) row[t] = row[t - n_sound];
  }
}

}  // namespace

// Not by LibTorch's conversion: on a thread of its own that would start a team of threads for every batch.
void SpectrogramBatches::read(std::size_t row, std::span<float> values) const {
  const data::StoredClip& clip = stored_.rows[row];
  if (stored_.sample_type == dsp::SampleType::kFloat16) {
    dsp::half_to_float({reinterpret_cast<const std::uint16_t*>(clip.values), values.size()}, values);
  } else {
    std::memcpy(values.data(), clip.values, values.size_bytes());
  }
  if (repeats_short_clips_ && clip.n_sound > 0 && clip.n_sound < stored_.n_frames) {
    repeat_sound(values, n_bins(), stored_.n_frames, clip.n_sound);
  }
}

std::vector<float> SpectrogramBatches::clip(std::size_t row) const {
  std::vector<float> values(static_cast<std::size_t>(n_bins()) * static_cast<std::size_t>(stored_.n_frames));
  read(row, values);
  return values;
}

void SpectrogramBatches::require_finite() const {
  for (std::size_t row = 0; row < stored_.rows.size(); ++row) {
    float sum = 0.0F;
    for (const float value : clip(row)) sum += value * 0.0F;  // 0, or NaN of any that is not finite
    if (std::isnan(sum)) throw SpectrogramError(row);
  }
}

torch::Tensor SpectrogramBatches::pooled(std::span<const std::size_t> rows, std::int64_t width) const {
  torch::Tensor batch = empty_batch(rows.size(), n_bins(), stored_.n_frames);
  const auto size = static_cast<std::size_t>(n_bins()) * static_cast<std::size_t>(stored_.n_frames);
  for (std::size_t i = 0; i < rows.size(); ++i) read(rows[i], {batch.data_ptr<float>() + i * size, size});
  return stored_.n_frames > width ? torch::adaptive_avg_pool2d(batch, {n_bins(), width}) : batch;
}

std::vector<torch::Tensor> SpectrogramBatches::windows(std::span<const std::size_t> rows,
                                                       const ClipWindows& seen) const {
  std::vector<torch::Tensor> windows(static_cast<std::size_t>(seen.n_windows));
  for (torch::Tensor& window : windows) window = empty_batch(rows.size(), n_bins(), seen.width);
  const auto size = static_cast<std::size_t>(n_bins() * seen.width);
  const std::vector<std::int64_t> starts = seen.starts(stored_.n_frames);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::vector<float> whole = clip(rows[i]);
    const recipes::ClipView view{whole, n_bins(), stored_.n_frames};
    for (std::size_t w = 0; w < windows.size(); ++w) {
      crop(view, static_cast<int>(starts[w]), static_cast<int>(seen.width),
           {windows[w].data_ptr<float>() + i * size, size});
    }
  }
  return windows;
}

Batch SpectrogramBatches::augmented(std::span<const std::size_t> rows, std::int64_t width,
                                    const recipes::Augmentation& by, std::span<const float> fill, std::uint64_t seed,
                                    int epoch) const {
  const torch::NoGradGuard no_grad;  // of this thread
  Batch batch{empty_batch(rows.size(), n_bins(), width), {rows.begin(), rows.end()}};
  const auto size = static_cast<std::size_t>(n_bins() * width);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::vector<float> whole = clip(rows[i]);
    std::mt19937_64 random = recipes::generator_for(seed, static_cast<std::uint64_t>(epoch), rows[i]);
    augment({whole, n_bins(), stored_.n_frames}, by, fill, static_cast<int>(width), random,
            {batch.inputs.data_ptr<float>() + i * size, size});
  }
  std::mt19937_64 random = recipes::generator_for(~seed, static_cast<std::uint64_t>(epoch), rows.front());
  batch.weight = recipes::mixup_weight(by.mixup_alpha, random);
  if (batch.weight < 1.0) {
    batch.partners.assign(batch.rows.begin() + 1, batch.rows.end());
    batch.partners.push_back(batch.rows.front());
    batch.inputs = batch.inputs * batch.weight + batch.inputs.roll(-1, 0) * (1.0 - batch.weight);
  }
  return batch;
}

}  // namespace hitscope::models::neural
