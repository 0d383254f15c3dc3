// Measures the levels of a signal that comes in blocks: extremes, samples at them, samples that are not finite.
//
// Clipped samples are counted in one pass, although the extreme that they lie at is known at the end only: all samples
// within 1e-4 of the highest so far are counted by value. Those are at most 1,678 different floats, and whatever the
// extreme grows to, the ones that stay within 1e-4 of it are among them.
// Thread safety: one thread at a time per object.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace hitscope::ingest {

/// A signal that never exceeds this value is not clipped.
inline constexpr float kFullScale = 0.999F;

/// Counts the samples within 1e-4 of the highest (`sign` 1) or lowest (-1) one.
class ExtremeCounter {
 public:
  explicit ExtremeCounter(float sign) : sign_(sign) {}
  /// `extreme` is the highest, or lowest, of `samples`, which are finite.
  void add(std::span<const float> samples, float extreme);
  std::uint64_t count() const;  ///< 0 where the extreme is below full scale

 private:
  static constexpr std::size_t kSlots = 2048;  // more than there are floats from edge_ to edge_ / kFlat

  void raise_edge(float peak);

  static constexpr float kFlat = 1.0F - 1e-4F;

  float sign_;
  float peak_ = 0.0F;
  float edge_ = kFullScale * kFlat;             // samples from here on are counted
  std::array<std::uint64_t, kSlots> counts_{};  // by the low bits of the sample's absolute value
};

class LevelMeter {
 public:
  /// The next samples.
  void add(std::span<const float> samples);

  std::uint64_t n_samples() const { return n_samples_; }
  /// Number of the first sample that is NaN or infinite; what follows it is not measured.
  std::optional<std::uint64_t> first_not_finite() const { return first_not_finite_; }
  float lowest() const { return lowest_; }    ///< 0 without samples
  float highest() const { return highest_; }  ///< 0 without samples
  /// Largest absolute value.
  double peak() const;
  /// Samples within 1e-4 of the highest or the lowest value, where that is at full scale or beyond: flat tops. Sound
  /// that merely exceeds full scale, as a float master may, has few of them: a sine of any amplitude 0.9 %.
  std::uint64_t n_clipped() const { return top_.count() + bottom_.count(); }

 private:
  void add_block(std::span<const float> samples);

  std::uint64_t n_samples_ = 0;
  std::optional<std::uint64_t> first_not_finite_;
  float lowest_ = 0.0F;
  float highest_ = 0.0F;
  ExtremeCounter top_{1.0F};
  ExtremeCounter bottom_{-1.0F};
};

}  // namespace hitscope::ingest
