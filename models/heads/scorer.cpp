#include "models/heads/scorer.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace hitscope::models::heads {
namespace {

/// Adds one of `n` windows' `values` to their mean.
void add_to_mean(std::vector<double>& mean, const std::vector<double>& values, std::size_t n) {
  mean.resize(values.size(), 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) mean[i] += values[i] / static_cast<double>(n);
}

}  // namespace

std::vector<std::size_t> window_starts(std::size_t n_samples, std::size_t window) {
  std::vector<std::size_t> starts{0};
  while (starts.back() + window + window / 10 < n_samples) {
    starts.push_back(std::min(starts.back() + window, n_samples - window));
  }
  return starts;
}

Scorer::Scorer(std::unique_ptr<Head> head, const dsp::FrontEndConfig& front_end, std::size_t n_samples)
    : head_(std::move(head)), extractor_(front_end), n_samples_(n_samples) {
  if (head_->input() != HeadInput::kSpectrogram) {
    throw std::invalid_argument(std::string(head_->name()) + ": needs table columns; a Scorer has only audio");
  }
  if (n_samples == 0) throw std::invalid_argument("n_samples is 0; it must be 1 or more");
}

Score Scorer::score(std::span<const float> samples) {
  const std::vector<std::size_t> starts = window_starts(samples.size(), n_samples_);
  Score result{starts.size(), {}};
  std::vector<double> mean;
  for (std::size_t w = 0; w < starts.size(); ++w) {  // one at a time: memory stays that of one window
    const dsp::Spectrogram window = extractor_.compute_length(samples.subspan(starts[w]), n_samples_);
    if (!window.is_finite()) throw SpectrogramError(w);
    data::Examples clip;
    clip.n_rows = 1;
    clip.spectrograms = data::one_clip(extractor_.config(), window);
    const std::size_t row = 0;
    result.prediction = predictions_of(*head_, clip, {&row, 1});
    std::visit([&](const auto& answer) { add_to_mean(mean, answer.values, starts.size()); }, result.prediction);
  }
  std::visit([&](auto& answer) { answer.values = std::move(mean); }, result.prediction);
  return result;
}

}  // namespace hitscope::models::heads
