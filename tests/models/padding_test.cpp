// Networks do not see the padding of short clips: where it alone tells the classes apart, they learn nothing.
#include <gtest/gtest.h>

#include "dsp/feature_extractor.h"
#include "tests/support/network_examples.h"

namespace hitscope::tests {
namespace padding_test {

constexpr int kFrames = 64;
constexpr int kSound = 40;

/// Noise of one distribution; of class 1 only the first kSound frames, then silence.
Examples padded_by_class(bool says_so) {
  Examples examples(dsp::SampleType::kFloat32, kFrames);
  std::mt19937_64 random(7);
  for (std::size_t row = 0; row < kRows; ++row) {
    data::StoredClip& clip = examples.data.spectrograms.rows[row];
    auto* values = reinterpret_cast<float*>(const_cast<std::byte*>(clip.values));
    const bool is_short = examples.data.labels()[row] == 1;
    for (int i = 0; i < kMels * kFrames; ++i) {
      const float noise = -50.0F + 20.0F * static_cast<float>(random() >> 11U) * 0x1p-53F;
      values[i] = is_short && i % kFrames >= kSound ? -100.0F : noise;
    }
    if (is_short && says_so) clip.n_sound = kSound;
  }
  return examples;
}

class PaddingTest : public NetworkHeadTest {};

TEST_P(PaddingTest, TellsNothing) {
  const Examples blind = padded_by_class(true);
  const Fitted fitted = fit(name(), blind, quick(8));
  EXPECT_LT(accuracy(*fitted.head, blind), 0.85);
  const Examples seeing = padded_by_class(false);
  EXPECT_GT(accuracy(*fit(name(), seeing, quick(8)).head, seeing), 0.9)
      << "the test itself: padding that is seen tells";
}

TEST_P(PaddingTest, IsNotWhereEvidenceIsFound) {
  const Examples examples = padded_by_class(true);
  const Fitted fitted = fit(name(), examples, quick(1));
  for (std::size_t row = 0; row < 8; ++row) {
    if (examples.data.labels()[row] == 0) continue;
    const std::vector<float> found = fitted.head->class_activation(examples.data, row, 1);
    ASSERT_EQ(found.size(), static_cast<std::size_t>(kMels * kFrames));
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (i % kFrames >= kSound) {
        ASSERT_EQ(found[i], 0.0F);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Heads, PaddingTest,
                         testing::Values("cnn", "four_block_cnn", "short_chunk_resnet", "musicnn", "crnn"),
                         [](const auto& info) { return std::string(info.param); });

TEST(SoundFrames, AreThoseThatSeeNoPadding) {
  for (const bool center : {true, false}) {
    for (const int win_length : {512, 300}) {
      dsp::FrontEndConfig config;
      config.sample_rate = 8000;
      config.n_fft = 512;
      config.win_length = win_length;
      config.hop_length = 128;
      config.center = center;
      config.n_mels = 8;
      config.top_db = 0.0;
      constexpr std::size_t kPadded = 8000;
      std::vector<float> sound(kPadded, 0.5F);
      dsp::FeatureExtractor extractor(config);
      for (const std::size_t n : {300U, 1000U, 4000U, 4096U, 7999U}) {
        const std::int64_t n_sound = config.n_sound_frames(static_cast<std::int64_t>(n), kPadded);
        std::vector<float> padded(sound.begin(), sound.begin() + static_cast<std::ptrdiff_t>(n));
        padded.resize(kPadded, 0.0F);
        const dsp::Spectrogram whole = extractor.compute(sound);
        const dsp::Spectrogram cut = extractor.compute(padded);
        for (std::int64_t t = 0; t < n_sound; ++t) {
          if (n < 512 || n > kPadded - 512) break;  // one frame at least; ends that full clips have, too
          EXPECT_EQ(whole.values[static_cast<std::size_t>(t)], cut.values[static_cast<std::size_t>(t)])
              << n << " samples, frame " << t;
        }
        if (n >= 512 && n <= kPadded - 512) {
          EXPECT_NE(whole.values[static_cast<std::size_t>(n_sound)], cut.values[static_cast<std::size_t>(n_sound)])
              << n << " samples: one frame more would see it";
        }
        EXPECT_GE(n_sound, 1);
        EXPECT_LE(n_sound, config.n_frames(kPadded));
      }
      EXPECT_EQ(config.n_sound_frames(kPadded, kPadded), config.n_frames(kPadded));
      EXPECT_EQ(config.n_sound_frames(9000, kPadded), config.n_frames(kPadded));
    }
  }
}

}  // namespace padding_test
}  // namespace hitscope::tests
