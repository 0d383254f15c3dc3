#include "models/heads/scorer.h"

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

namespace hitscope::models::heads {
namespace {

constexpr std::size_t kMostKept = std::size_t{1} << 18U;

const std::vector<double>& values_of(const data::Predictions& prediction) {
  return std::visit([](const auto& answer) -> const std::vector<double>& { return answer.values; }, prediction);
}

}  // namespace

void WindowMean::add(data::Predictions prediction) {
  const std::vector<double>& values = values_of(prediction);
  sum_.resize(values.size(), 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) sum_[i] += values[i];
  if (all_.size() == n_windows_ * values.size() && all_.size() + values.size() <= kMostKept) {
    all_.insert(all_.end(), values.begin(), values.end());
  }
  ++n_windows_;
  last_ = std::move(prediction);
}

data::Predictions WindowMean::mean() const {
  if (!last_) throw std::logic_error("WindowMean: no window was added");
  data::Predictions result = *last_;
  const auto n = static_cast<double>(n_windows_);
  std::vector<double> mean(sum_.size(), 0.0);
  if (all_.size() == n_windows_ * sum_.size()) {  // each divided: sums of many small parts round differently
    for (std::size_t i = 0; i < all_.size(); ++i) mean[i % mean.size()] += all_[i] / n;
  } else {
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] = sum_[i] / n;
  }
  std::visit([&](auto& answer) { answer.values = std::move(mean); }, result);
  return result;
}

Scorer::Scorer(std::vector<std::unique_ptr<Head>> heads, const dsp::FrontEndConfig& front_end, std::size_t n_samples)
    : heads_(std::move(heads)),
      extractor_(front_end),
      n_samples_(n_samples),
      means_(heads_.size()),
      windows_(heads_.size()) {
  if (heads_.empty()) throw std::invalid_argument("a Scorer needs a head");
  for (const auto& head : heads_) {
    if (head->input() != HeadInput::kSpectrogram) {
      throw std::invalid_argument(std::string(head->name()) + ": needs table columns; a Scorer has only audio");
    }
  }
  if (n_samples == 0) throw std::invalid_argument("n_samples is 0; it must be 1 or more");
}

data::Examples Scorer::examples_of(const dsp::Spectrogram& window, std::size_t n_samples) const {
  const dsp::FrontEndConfig& front_end = extractor_.config();
  const auto n_sound =
      front_end.n_sound_frames(static_cast<std::int64_t>(n_samples), static_cast<std::int64_t>(n_samples_));
  data::Examples clip;
  clip.n_rows = 1;
  clip.spectrograms = data::one_clip(front_end, window, static_cast<int>(n_sound));
  return clip;
}

void Scorer::hear(std::span<const float> samples) {
  const dsp::Spectrogram window = extractor_.compute_length(samples, n_samples_);
  if (!window.is_finite()) throw SpectrogramError(n_windows_);
  const data::Examples clip = examples_of(window, samples.size());
  const std::size_t row = 0;
  for (std::size_t h = 0; h < heads_.size(); ++h) {
    data::Predictions prediction = predictions_of(*heads_[h], clip, {&row, 1});
    if (keeps_windows_) windows_[h].push_back({n_added_ - samples.size(), n_added_, prediction});
    means_[h].add(std::move(prediction));
  }
  ++n_windows_;
}

Evidence Scorer::evidence(std::size_t head, std::span<const float> samples, int cls) {
  dsp::Spectrogram window = extractor_.compute_length(samples, n_samples_);
  std::vector<float> weights = heads_.at(head)->class_activation(examples_of(window, samples.size()), 0, cls);
  return {std::move(window), std::move(weights)};
}

void Scorer::add(std::span<const float> samples) {
  while (!samples.empty()) {
    const std::size_t whole = n_windows_ == 0 ? 0 : n_samples_;
    const std::size_t n = std::min(whole + n_samples_ - recent_.size(), samples.size());
    recent_.insert(recent_.end(), samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(n));
    samples = samples.subspan(n);
    n_added_ += n;
    if (recent_.size() < whole + n_samples_) return;
    recent_.erase(recent_.begin(), recent_.end() - static_cast<std::ptrdiff_t>(n_samples_));
    hear(recent_);
  }
}

std::vector<Score> Scorer::finish() {
  std::size_t n_heard = recent_.size();
  if (n_windows_ == 0) {
    hear(recent_);
  } else {
    const std::size_t rest = recent_.size() - n_samples_;
    n_heard = n_windows_ * n_samples_;
    if (rest > n_samples_ / 10) {
      hear(std::span(recent_).last(n_samples_));
      n_heard += rest;
    }
  }
  std::vector<Score> scores;
  for (std::size_t h = 0; h < heads_.size(); ++h) {
    scores.push_back({n_windows_, n_heard, means_[h].mean(), std::move(windows_[h])});
  }
  clear();
  return scores;
}

void Scorer::clear() {
  recent_.clear();
  n_windows_ = n_added_ = 0;
  means_.assign(heads_.size(), {});
  windows_.assign(heads_.size(), {});
}

std::vector<Score> Scorer::score(std::span<const float> samples) {
  clear();
  add(samples);
  return finish();
}

}  // namespace hitscope::models::heads
