#include "models/neural/recipes/augmentation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <vector>

namespace hitscope::models::neural::recipes {
namespace {

/// In [0, 1), the same on every standard library.
double uniform(std::mt19937_64& random) {
  return static_cast<double>(random() >> 11U) * 0x1.0p-53;
}

double between(std::mt19937_64& random, double low, double high) {
  return low + (high - low) * uniform(random);
}

/// Two normal numbers by Box and Muller.
std::pair<float, float> normals(std::mt19937_64& random) {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform(random)));
  const double angle = 2.0 * std::numbers::pi * uniform(random);
  return {static_cast<float>(radius * std::cos(angle)), static_cast<float>(radius * std::sin(angle))};
}

/// Gamma(shape) by Marsaglia and Tsang.
double gamma(double shape, std::mt19937_64& random) {
  if (shape < 1.0) return gamma(shape + 1.0, random) * std::pow(1.0 - uniform(random), 1.0 / shape);
  const double d = shape - 1.0 / 3.0;
  const double c = 1.0 / std::sqrt(9.0 * d);
  while (true) {
    const double x = normals(random).first;
    const double v = std::pow(1.0 + c * x, 3.0);
    if (v <= 0.0) continue;
    if (std::log(1.0 - uniform(random)) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
  }
}

void check(const ClipView& clip, int width, std::size_t n_out) {
  const auto size = [](int a, int b) { return static_cast<std::size_t>(a) * static_cast<std::size_t>(b); };
  if (clip.n_bins < 1 || clip.n_frames < 1 || width < 1 || clip.values.size() != size(clip.n_bins, clip.n_frames) ||
      n_out != size(clip.n_bins, width)) {
    throw std::invalid_argument("augment: clip and window must be [n_bins, n_frames] and [n_bins, width]");
  }
}

/// The source of a place of an output axis: the two neighbouring input places, and the share of the upper one.
struct Place {
  int below;
  int above;
  float share;  ///< weight of `above`, 0..1
};

Place place_at(double where, int n) {
  const double inside = std::clamp(where, 0.0, static_cast<double>(n - 1));
  const int below = static_cast<int>(inside);
  return {below, std::min(below + 1, n - 1), static_cast<float>(inside - below)};
}

/// A random stretch of at most `most` of n places.
std::pair<int, int> stretch(int n, double most, std::mt19937_64& random) {
  const int length = static_cast<int>(uniform(random) * (most * n + 1.0));
  const int first = static_cast<int>(uniform(random) * (n - length + 1));
  return {first, std::min(n, first + length)};
}

void mask(const Augmentation& by, std::span<const float> fill, int n_bins, int width, std::mt19937_64& random,
          std::span<float> out) {
  for (int i = 0; i < by.n_time_masks; ++i) {
    const auto [first, end] = stretch(width, by.time_mask, random);
    for (int bin = 0; bin < n_bins; ++bin) std::fill(&out[bin * width] + first, &out[bin * width] + end, fill[bin]);
  }
  for (int i = 0; i < by.n_frequency_masks; ++i) {
    const auto [first, end] = stretch(n_bins, by.frequency_mask, random);
    for (int bin = first; bin < end; ++bin) std::fill_n(&out[bin * width], width, fill[bin]);
  }
}

/// Straight lines between four to seven random gains that are spread evenly over the bins.
void filter(double most_db, int n_bins, int width, std::mt19937_64& random, std::span<float> out) {
  std::vector<double> gains(4 + random() % 4);
  for (double& gain : gains) gain = between(random, -most_db, most_db);
  for (int bin = 0; bin < n_bins; ++bin) {
    const double where = static_cast<double>(bin) / n_bins * static_cast<double>(gains.size() - 1);
    const auto below = static_cast<std::size_t>(where);
    const double gain = gains[below] + (gains[below + 1] - gains[below]) * (where - static_cast<double>(below));
    for (int t = 0; t < width; ++t) out[static_cast<std::size_t>(bin) * width + t] += static_cast<float>(gain);
  }
}

void add_noise(double deviation, std::mt19937_64& random, std::span<float> out) {
  const auto scale = static_cast<float>(deviation);
  for (std::size_t i = 0; i + 1 < out.size(); i += 2) {
    const auto [a, b] = normals(random);
    out[i] += scale * a;
    out[i + 1] += scale * b;
  }
}

}  // namespace

Augmentation no_augmentation() {
  return {0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0.0, 0, 0.0, 0.0};
}

void augment(const ClipView& clip, const Augmentation& by, std::span<const float> fill, int width,
             std::mt19937_64& random, std::span<float> out) {
  check(clip, width, out.size());
  const double speed = 1.0 + between(random, -by.time_warp, by.time_warp);
  const double stretch_by = 1.0 + between(random, -by.frequency_warp, by.frequency_warp);
  const auto gain = static_cast<float>(between(random, -by.gain_db, by.gain_db));
  const double room = clip.n_frames - width * speed;
  const double slack = std::max(by.time_shift * width, 0.0);
  const double first = room > slack ? between(random, 0.0, room)
                                    : between(random, std::min(0.0, room) - slack, std::max(0.0, room) + slack);
  std::vector<Place> frames;
  for (int t = 0; t < width; ++t) frames.push_back(place_at(first + t * speed, clip.n_frames));
  for (int bin = 0; bin < clip.n_bins; ++bin) {
    const Place row = place_at(bin * stretch_by, clip.n_bins);
    const float* low = &clip.values[static_cast<std::size_t>(row.below) * clip.n_frames];
    const float* high = &clip.values[static_cast<std::size_t>(row.above) * clip.n_frames];
    for (int t = 0; t < width; ++t) {
      const Place& at = frames[t];
      const float a = low[at.below] + (low[at.above] - low[at.below]) * at.share;
      const float b = high[at.below] + (high[at.above] - high[at.below]) * at.share;
      out[static_cast<std::size_t>(bin) * width + t] = a + (b - a) * row.share + gain;
    }
  }
  if (by.filter_db > 0.0) filter(by.filter_db, clip.n_bins, width, random, out);
  if (by.noise_db > 0.0) add_noise(by.noise_db, random, out);
  mask(by, fill, clip.n_bins, width, random, out);
}

void crop(const ClipView& clip, int first, int width, std::span<float> out) {
  check(clip, width, out.size());
  for (int bin = 0; bin < clip.n_bins; ++bin) {
    const float* row = &clip.values[static_cast<std::size_t>(bin) * clip.n_frames];
    for (int t = 0; t < width; ++t) {
      out[static_cast<std::size_t>(bin) * width + t] = row[std::clamp(first + t, 0, clip.n_frames - 1)];
    }
  }
}

double mixup_weight(double alpha, std::mt19937_64& random) {
  if (alpha <= 0.0) return 1.0;
  const double a = gamma(alpha, random);
  const double b = gamma(alpha, random);
  if (a + b <= 0.0) return 1.0;
  return std::max(a, b) / (a + b);
}

std::mt19937_64 generator_for(std::uint64_t seed, std::uint64_t epoch, std::uint64_t row) {
  // SplitMix64 of each in turn: a seed_seq costs more than the clip.
  std::uint64_t state = 0;
  for (const std::uint64_t part : {seed, epoch, row}) {
    state += part + 0x9E3779B97F4A7C15U;
    state = (state ^ (state >> 30U)) * 0xBF58476D1CE4E5B9U;
    state = (state ^ (state >> 27U)) * 0x94D049BB133111EBU;
    state ^= state >> 31U;
  }
  return std::mt19937_64(state);
}

}  // namespace hitscope::models::neural::recipes
