// What augmentation promises of a clip: the same from the same generator, and nothing that was not asked for.
#include "models/neural/recipes/augmentation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <stdexcept>
#include <vector>

namespace hitscope::models::neural::recipes {
namespace augmentation_test {

constexpr int kBins = 24;
constexpr int kFrames = 60;

/// value = 100 * bin + frame, so that places can be read off values.
struct Clip {
  explicit Clip(int n_frames = kFrames) : n_frames(n_frames) {
    for (int bin = 0; bin < kBins; ++bin) {
      for (int t = 0; t < n_frames; ++t) values.push_back(static_cast<float>(100 * bin + t));
    }
  }
  ClipView view() const { return {values, kBins, n_frames}; }

  int n_frames;
  std::vector<float> values;
};

const std::vector<float> kFill(kBins, -1000.0F);

std::vector<float> augmented(const Clip& clip, const Augmentation& by, int width, std::uint64_t row = 0,
                             std::uint64_t epoch = 1) {
  std::vector<float> out(static_cast<std::size_t>(kBins * width));
  auto random = generator_for(1, epoch, row);
  augment(clip.view(), by, kFill, width, random, out);
  return out;
}

TEST(AugmentationTest, TheSameSeedEpochAndRowGiveTheSameClip) {
  const Clip clip;
  std::set<std::vector<float>> all;
  for (std::uint64_t row = 0; row < 5; ++row) {
    for (std::uint64_t epoch = 1; epoch < 5; ++epoch) {
      const auto first = augmented(clip, {}, kFrames, row, epoch);
      EXPECT_EQ(augmented(clip, {}, kFrames, row, epoch), first);
      all.insert(first);
    }
  }
  EXPECT_EQ(all.size(), 20U);
}

TEST(AugmentationTest, WithoutAnyChangeAWindowIsAStretchOfTheClip) {
  const Clip clip;
  std::set<float> firsts;
  for (std::uint64_t row = 0; row < 200; ++row) {
    const auto out = augmented(clip, no_augmentation(), 20, row);
    for (int bin = 0; bin < kBins; ++bin) {
      for (int t = 0; t < 20; ++t) EXPECT_NEAR(out[bin * 20 + t], 100 * bin + out[0] + t, 1e-3);
    }
    firsts.insert(std::floor(out[0]));
  }
  EXPECT_EQ(*firsts.begin(), 0.0F);
  EXPECT_EQ(*firsts.rbegin(), 39.0F);
  EXPECT_GT(firsts.size(), 35U);
  EXPECT_EQ(augmented(clip, no_augmentation(), kFrames), clip.values);
}

TEST(AugmentationTest, GainAndFilterMoveBinsAsAWhole) {
  const Clip clip;
  Augmentation by = no_augmentation();
  by.gain_db = 4.0;
  by.filter_db = 6.0;
  for (std::uint64_t row = 0; row < 50; ++row) {
    const auto out = augmented(clip, by, kFrames, row);
    float last = 0.0F;
    for (int bin = 0; bin < kBins; ++bin) {
      const float moved = out[bin * kFrames] - clip.values[bin * kFrames];
      EXPECT_LE(std::abs(moved), 10.0F);
      for (int t = 0; t < kFrames; ++t) EXPECT_NEAR(out[bin * kFrames + t] - 100 * bin - t, moved, 1e-3);
      if (bin > 0) {
        EXPECT_LT(std::abs(moved - last), 6.0F) << "a curve, not a comb";
      }
      last = moved;
    }
  }
}

TEST(AugmentationTest, NoiseHasTheDeviationAskedFor) {
  Augmentation by = no_augmentation();
  by.noise_db = 2.0;
  const Clip clip;
  double sum = 0.0;
  double squares = 0.0;
  double n = 0.0;
  for (std::uint64_t row = 0; row < 100; ++row) {
    const auto out = augmented(clip, by, kFrames, row);
    for (std::size_t i = 0; i < out.size(); ++i, n += 1.0) {
      const double d = out[i] - clip.values[i];
      sum += d;
      squares += d * d;
    }
  }
  EXPECT_NEAR(sum / n, 0.0, 0.02);
  EXPECT_NEAR(std::sqrt(squares / n), 2.0, 0.02);
}

TEST(AugmentationTest, MasksFillWholeFramesAndBinsUpToTheirShare) {
  Augmentation by = no_augmentation();
  by.n_time_masks = 1;
  by.time_mask = 0.2;
  by.n_frequency_masks = 1;
  by.frequency_mask = 0.25;
  const Clip clip;
  int most_frames = 0;
  int most_bins = 0;
  for (std::uint64_t row = 0; row < 300; ++row) {
    const auto out = augmented(clip, by, kFrames, row);
    int frames = 0;
    int bins = 0;
    for (int t = 0; t < kFrames; ++t) {
      bool all = true;
      for (int bin = 0; bin < kBins; ++bin) all = all && out[bin * kFrames + t] == -1000.0F;
      frames += all;
    }
    for (int bin = 0; bin < kBins; ++bin) {
      bins += std::all_of(&out[bin * kFrames], &out[bin * kFrames] + kFrames, [](float v) { return v == -1000.0F; });
    }
    most_frames = std::max(most_frames, frames);
    most_bins = std::max(most_bins, bins);
  }
  EXPECT_EQ(most_frames, 12);
  EXPECT_EQ(most_bins, 6);
}

TEST(AugmentationTest, ClipsShorterThanTheWindowGoOnAsTheirLastFrame) {
  const Clip clip(10);
  for (std::uint64_t row = 0; row < 100; ++row) {
    for (const float value : augmented(
             clip, {.gain_db = 0, .filter_db = 0, .noise_db = 0, .n_time_masks = 0, .n_frequency_masks = 0}, 32, row)) {
      EXPECT_GE(value, 0.0F);
      EXPECT_LE(value, 100.0F * (kBins - 1) + 9.0F);
    }
  }
  std::vector<float> out(kBins * 16);
  crop(clip.view(), 4, 16, out);
  EXPECT_EQ(out[0], 4.0F);
  EXPECT_EQ(out[5], 9.0F);
  EXPECT_EQ(out[15], 9.0F);
}

TEST(AugmentationTest, MixupWeighsTheFirstClipAtLeastAsMuchAsTheSecond) {
  auto random = generator_for(3, 1, 1);
  EXPECT_EQ(mixup_weight(0.0, random), 1.0);
  double sum = 0.0;
  constexpr int kDraws = 20'000;
  for (int i = 0; i < kDraws; ++i) {
    const double weight = mixup_weight(1.0, random);  // Beta(1, 1) is uniform: its larger side is 3/4 on average
    EXPECT_GE(weight, 0.5);
    EXPECT_LE(weight, 1.0);
    sum += weight;
  }
  EXPECT_NEAR(sum / kDraws, 0.75, 0.01);
}

TEST(AugmentationTest, SizesThatDoNotFitAreRefused) {
  const Clip clip;
  std::vector<float> out(kBins * 10);
  auto random = generator_for(1, 1, 1);
  EXPECT_THROW(augment(clip.view(), {}, kFill, 11, random, out), std::invalid_argument);
  EXPECT_THROW(crop({clip.values, kBins, kFrames + 1}, 0, 10, out), std::invalid_argument);
}

TEST(ClipNormalisationTest, NamesGoThereAndBack) {
  for (const auto n : {ClipNormalisation::kNone, ClipNormalisation::kLevel, ClipNormalisation::kBins}) {
    EXPECT_EQ(dsp::from_string<ClipNormalisation>("clip_normalisation", to_string(n)), n);
  }
  EXPECT_THROW(dsp::from_string<ClipNormalisation>("clip_normalisation", "cmn"), std::invalid_argument);
}

}  // namespace augmentation_test
}  // namespace hitscope::models::neural::recipes
