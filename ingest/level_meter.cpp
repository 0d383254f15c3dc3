#include "ingest/level_meter.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "dsp/simd.h"

namespace hitscope::ingest {
namespace {

struct Levels {
  float lowest = 0.0F;
  float highest = 0.0F;
  bool finite = true;
};

constexpr std::size_t kLanes = 16;

struct Lanes {
  std::array<float, kLanes> low;
  std::array<float, kLanes> high;
  std::array<float, kLanes> poison{};  // 0 * x: NaN for NaN and infinity
};

/// Sixteen lanes side by side; n is a multiple of kLanes. In vectors of the compiler's: it does not find them by
/// itself.
HITSCOPE_CLONES void scan(const float* x, std::size_t n, Lanes& lanes) {
  using Vector = float __attribute__((vector_size(kLanes * sizeof(float))));
  Vector low;
  Vector high;
  Vector poison;
  std::memcpy(&low, lanes.low.data(), sizeof low);
  std::memcpy(&high, lanes.high.data(), sizeof high);
  std::memcpy(&poison, lanes.poison.data(), sizeof poison);
  for (std::size_t i = 0; i < n; i += kLanes) {
    Vector value;
    std::memcpy(&value, x + i, sizeof value);
    low = value < low ? value : low;
    high = value > high ? value : high;
    poison += 0.0F * value;
  }
  std::memcpy(lanes.low.data(), &low, sizeof low);
  std::memcpy(lanes.high.data(), &high, sizeof high);
  std::memcpy(lanes.poison.data(), &poison, sizeof poison);
}

Levels levels_of(std::span<const float> samples) {
  Lanes lanes;
  lanes.low.fill(samples[0]);
  lanes.high.fill(samples[0]);
  const std::size_t whole = samples.size() / kLanes * kLanes;
  scan(samples.data(), whole, lanes);
  std::array<float, kLanes> rest;
  rest.fill(samples[0]);
  std::copy(samples.begin() + static_cast<std::ptrdiff_t>(whole), samples.end(), rest.begin());
  scan(rest.data(), kLanes, lanes);
  Levels result{lanes.low[0], lanes.high[0], true};
  for (std::size_t j = 0; j < kLanes; ++j) {
    result.lowest = std::min(result.lowest, lanes.low[j]);
    result.highest = std::max(result.highest, lanes.high[j]);
    result.finite = result.finite && lanes.poison[j] == 0.0F;
  }
  return result;
}

}  // namespace

/// Forgets the values that are no longer near the extreme.
void ExtremeCounter::raise_edge(float peak) {
  const float edge = peak * kFlat;
  if (edge <= edge_) return;
  const auto first = std::bit_cast<std::uint32_t>(edge_);  // positive floats are ordered as their bits are
  const std::uint32_t n = std::min<std::uint32_t>(std::bit_cast<std::uint32_t>(edge) - first, kSlots);
  for (std::uint32_t i = 0; i < n; ++i) counts_[(first + i) % kSlots] = 0;
  edge_ = edge;
}

void ExtremeCounter::add(std::span<const float> samples, float extreme) {
  const float peak = sign_ * extreme;
  if (peak < edge_) return;
  peak_ = std::max(peak_, peak);
  raise_edge(peak_);
  for (const float sample : samples) {
    const float value = sign_ * sample;
    if (value >= edge_) ++counts_[std::bit_cast<std::uint32_t>(value) % kSlots];
  }
}

std::uint64_t ExtremeCounter::count() const {
  if (peak_ < kFullScale) return 0;
  std::uint64_t sum = 0;
  for (const std::uint64_t n : counts_) sum += n;
  return sum;
}

void LevelMeter::add(std::span<const float> samples) {
  constexpr std::size_t kBlock = 4096;  // in the cache for the counters, which look again
  for (; !samples.empty(); samples = samples.subspan(std::min(kBlock, samples.size()))) {
    add_block(samples.first(std::min(kBlock, samples.size())));
  }
}

void LevelMeter::add_block(std::span<const float> samples) {
  const std::uint64_t n_before = n_samples_;
  n_samples_ += samples.size();
  if (first_not_finite_) return;
  const Levels levels = levels_of(samples);
  if (!levels.finite) {
    const auto bad = std::find_if(samples.begin(), samples.end(), [](float x) { return !std::isfinite(x); });
    first_not_finite_ = n_before + static_cast<std::uint64_t>(bad - samples.begin());
    return;
  }
  lowest_ = n_before == 0 ? levels.lowest : std::min(lowest_, levels.lowest);
  highest_ = n_before == 0 ? levels.highest : std::max(highest_, levels.highest);
  top_.add(samples, levels.highest);
  bottom_.add(samples, levels.lowest);
}

double LevelMeter::peak() const {
  return std::max(std::abs(lowest_), std::abs(highest_));
}

}  // namespace hitscope::ingest
