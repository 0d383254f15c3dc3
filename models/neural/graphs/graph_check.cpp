#include "models/neural/graphs/graph_check.h"

#include <torch/script.h>

#include <cmath>
#include <numbers>
#include <sstream>
#include <stdexcept>

#include "dsp/feature_extractor.h"
#include "models/neural/spectrogram_batches.h"

namespace hitscope::models::neural::graphs {
namespace {

constexpr std::int64_t kInputs = 5;

/// Tones that rise, noise that fades, bursts with silence between them: loud and silent places in time and in pitch.
void fill_sound(float* samples, std::int64_t n, std::int64_t kind, at::Generator& dice) {
  const torch::Tensor noise = torch::randn({n}, dice);
  const float* dust = noise.data_ptr<float>();
  for (std::int64_t i = 0; i < n; ++i) {
    const double t = static_cast<double>(i) / static_cast<double>(n);
    const double chirp =
        std::sin(std::numbers::pi * t * t * static_cast<double>(n) * (0.1 + 0.15 * static_cast<double>(kind)));
    const double fade = std::exp(-3.0 * t * static_cast<double>(kind));
    const bool silent = kind >= 3 && static_cast<std::int64_t>(t * 10) % 2 == 1;
    samples[i] = silent ? 0.0F : static_cast<float>(0.4 * chirp + 0.1 * fade * dust[i]);
  }
}

torch::Tensor clip_logits(const StoredNetwork& stored, const data::StoredSpectrograms& clip) {
  const SpectrogramBatches batches(clip);
  const std::size_t row = 0;
  const ClipWindows& windows = stored.windows;
  if (!windows.sees_windows) return stored.network->forward(batches.pooled({&row, 1}, windows.width));
  torch::Tensor sum;
  for (const torch::Tensor& window : batches.windows({&row, 1}, windows)) {
    const torch::Tensor logits = stored.network->forward(window);
    sum = sum.defined() ? sum + logits : logits;
  }
  return sum / windows.n_windows;
}

}  // namespace

torch::Tensor check_inputs(const StoredNetwork& stored, const WaveformInput* waveform) {
  at::Generator dice = at::detail::createCPUGenerator(20);
  if (waveform != nullptr) {
    torch::Tensor sounds = torch::empty({kInputs, waveform->n_samples});
    for (std::int64_t i = 0; i < kInputs; ++i) {
      fill_sound(sounds.data_ptr<float>() + i * waveform->n_samples, waveform->n_samples, i, dice);
    }
    return sounds;
  }
  const torch::Tensor spread = torch::linspace(0.5, 1.5, kInputs).view({-1, 1, 1, 1});
  const torch::Tensor noise = torch::randn({kInputs, 1, stored.shape.n_bins, stored.shape.n_frames}, dice) * spread;
  return stored.network->input_mean.view({1, 1, -1, 1}) + noise * stored.network->input_std.view({1, 1, -1, 1});
}

torch::Tensor native_outputs(const StoredNetwork& stored, const WaveformInput* waveform, const torch::Tensor& inputs) {
  const torch::NoGradGuard no_grad;
  if (waveform == nullptr) return stored.network->forward(inputs);
  dsp::FeatureExtractor extractor(waveform->front_end);
  std::vector<torch::Tensor> rows;
  for (std::int64_t i = 0; i < inputs.size(0); ++i) {
    const torch::Tensor sound = inputs[i].contiguous();
    const std::span samples(sound.data_ptr<float>(), static_cast<std::size_t>(sound.numel()));
    const dsp::Spectrogram clip = extractor.compute(samples);
    rows.push_back(clip_logits(stored, data::one_clip(waveform->front_end, clip)));
  }
  return torch::cat(rows, 0);
}

torch::Tensor run_torchscript(const std::string& bytes, const torch::Tensor& inputs) {
  const torch::NoGradGuard no_grad;
  std::istringstream stream(bytes);
  torch::jit::Module module = torch::jit::load(stream);
  const torch::Tensor together = module.forward({inputs}).toTensor();
  std::vector<torch::Tensor> rows;
  for (std::int64_t i = 0; i < inputs.size(0); ++i) {
    rows.push_back(module.forward({inputs.slice(0, i, i + 1)}).toTensor());
  }
  const torch::Tensor apart = torch::cat(rows, 0);
  if (apart.sizes() != together.sizes()) throw std::runtime_error("TorchScript: the batch is not free");
  return torch::stack({together, apart});
}

}  // namespace hitscope::models::neural::graphs
