// Where networks look: against Grad-CAM in Python PyTorch, which tests/oracles/record_grad_cam.py records, and on
// spectrograms where it is known what there is to see.
#include "models/neural/grad_cam.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/head.h"
#include "models/heads/calibrated_head.h"
#include "models/heads/heads.h"
#include "models/heads/runtime.h"
#include "models/neural/recipes/network_options.h"
#include "models/tensors/safetensors.h"
#include "tests/support/formula_networks.h"
#include "tests/support/labelled_examples.h"
#include "tests/support/npy.h"

namespace hitscope::models::neural {
namespace grad_cam_test {

using tests::LabelledExamples;
using tests::no_spectrograms;

using hitscope::tests::clips;
using hitscope::tests::fill;
using hitscope::tests::kShape;

std::vector<float> recorded(const std::string& file) {
  return hitscope::tests::read_npy<float>(std::string(ORACLES) + "/grad_cam/" + file + ".npy");
}

class GradCamTest : public testing::TestWithParam<const char*> {
 protected:
  static void SetUpTestSuite() { heads::prepare_runtime(1); }
  GradCamTest() {
    for (const auto& [key, tensor] : tensors::state_of(*network_)) fill(key, tensor);
  }
  std::shared_ptr<networks::SpectrogramNetworkImpl> network_ = networks::make_network(GetParam(), kShape);
};

TEST_P(GradCamTest, GivesPythonsMaps) {
  std::vector<float> maps;
  for (std::int64_t output = 0; output < kShape.n_outputs; ++output) {
    const torch::Tensor map = grad_cam(*network_, clips(kShape.n_frames), output).contiguous();
    ASSERT_EQ(map.dim(), 3);
    maps.insert(maps.end(), map.data_ptr<float>(), map.data_ptr<float>() + map.numel());
  }
  const std::vector<float> want = recorded(GetParam());
  ASSERT_EQ(maps.size(), want.size());
  for (int output = 0; output < 3; ++output) {
    const auto first = static_cast<std::ptrdiff_t>(want.size() / 3 * static_cast<std::size_t>(output));
    const auto n = static_cast<std::ptrdiff_t>(want.size() / 3);
    const float most = *std::max_element(want.begin() + first, want.begin() + first + n);
    for (std::ptrdiff_t i = first; i < first + n; ++i) {
      EXPECT_NEAR(maps[static_cast<std::size_t>(i)], want[static_cast<std::size_t>(i)], 1e-4 * most) << output;
    }
  }
}

TEST_P(GradCamTest, LaysPythonsWindowsOverAClip) {
  constexpr std::int64_t kFrames = 86;
  const torch::Tensor clip = clips(kFrames, 1);
  const std::vector<std::int64_t> starts{0, 17, 35};
  std::vector<torch::Tensor> windows;
  for (const std::int64_t start : starts) windows.push_back(clip.narrow(3, start, kShape.n_frames).contiguous());
  const std::vector<float> want = recorded(std::string(GetParam()) + "_clip");
  const auto size = static_cast<std::size_t>(kShape.n_bins * kFrames);
  ASSERT_EQ(want.size(), 3 * size);
  for (std::size_t output = 0; output < 3; ++output) {
    const auto map =
        clip_activation(*network_, windows, starts, kShape.n_frames, {kFrames, 0}, static_cast<std::int64_t>(output));
    ASSERT_EQ(map.size(), size);
    for (std::size_t i = 0; i < size; ++i) EXPECT_NEAR(map[i], want[output * size + i], 1e-4) << output;
  }
}

TEST_P(GradCamTest, LeavesTheLogitsAndTheGradientsOfWeightsAsTheyWere) {
  network_->eval();
  const torch::Tensor before = network_->forward(clips(kShape.n_frames)).detach();
  grad_cam(*network_, clips(kShape.n_frames), 1);
  EXPECT_TRUE(before.equal(network_->forward(clips(kShape.n_frames)).detach()));
  for (const torch::Tensor& weight : network_->parameters()) EXPECT_FALSE(weight.grad().defined());
  EXPECT_THROW(grad_cam(*network_, clips(kShape.n_frames), 3), std::invalid_argument);
  EXPECT_THROW(grad_cam(*network_, clips(kShape.n_frames), -1), std::invalid_argument);
}

TEST_P(GradCamTest, TheSmallestSpectrogramsHaveAMap) {
  const auto network = networks::make_network(GetParam(), {4, 4, 2});
  EXPECT_EQ(clip_activation(*network, {torch::randn({1, 1, 4, 4})}, {0}, 9, {9, 0}, 1).size(), 36U);
}

INSTANTIATE_TEST_SUITE_P(Networks, GradCamTest,
                         testing::Values("cnn", "four_block_cnn", "short_chunk_resnet", "musicnn", "crnn"),
                         [](const auto& test) { return std::string(test.param); });

// Noise, and in clips of class 1 a loud patch: in a fixed band, anywhere in time.
constexpr int kBins = 64;
constexpr int kFrames = 320;  // two windows of the networks that see windows
constexpr int kFirstBin = 24;
constexpr int kPatchBins = 12;
constexpr int kPatchFrames = 24;
constexpr std::size_t kRows = 160;

struct Patches {
  LabelledExamples data;
  std::vector<int> starts;  ///< first frame of each row's patch
  std::unique_ptr<data::Split> split;
  std::vector<std::vector<float>> values;
};

Patches patches() {
  std::mt19937 random(7);
  std::normal_distribution<float> noise(-60.0F, 5.0F);
  Patches made;
  made.data.n_rows = kRows;
  made.data.set_n_classes(2);
  made.data.spectrograms = no_spectrograms(kBins, kFrames, dsp::SampleType::kFloat32);
  std::vector<std::string> parts;
  for (std::size_t row = 0; row < kRows; ++row) {
    made.data.labels().push_back(static_cast<int>(row % 2));
    made.starts.push_back(static_cast<int>(random() % (kFrames - kPatchFrames)));
    parts.push_back(row % 8 < 4 ? "train" : row % 8 < 6 ? "validation" : "test");
    std::vector<float>& clip = made.values.emplace_back(kBins * kFrames);
    for (float& value : clip) value = noise(random);
    for (int bin = kFirstBin; row % 2 == 1 && bin < kFirstBin + kPatchBins; ++bin) {
      for (int i = 0; i < kPatchFrames; ++i) clip[bin * kFrames + made.starts[row] + i] += 25.0F;
    }
  }
  for (const auto& clip : made.values) {
    made.data.spectrograms.rows.push_back(reinterpret_cast<const std::byte*>(clip.data()));
  }
  made.split = std::make_unique<data::Split>(
      data::Split::by_column(parts, "", data::SplitRows{made.data.labels(), {}, {}, {}}, {}));
  return made;
}

std::unique_ptr<Head> fitted(const std::string& name, const Patches& examples, double learning_rate, int max_epochs) {
  FitOptions options;
  options.of<recipes::NetworkOptions>().max_epochs = max_epochs;
  options.of<recipes::NetworkOptions>().learning_rate.value = learning_rate;
  options.of<recipes::NetworkOptions>().batch_size = 16;
  options.of<recipes::NetworkOptions>().augmentation = recipes::no_augmentation();
  auto head = heads::make_head(name);
  head->fit(examples.data, examples.data.targets, examples.split->training_fold(), options);
  return head;
}

/// Of the map's mass the share within `margin` bins and frames of the patch, the mean over test rows of class 1.
double share_at_patch(Head& head, const Patches& examples, int margin, int cls = 1) {
  double sum = 0.0;
  int n = 0;
  for (const std::size_t row : examples.split->rows(data::Part::kTest)) {
    if (row % 2 == 0) continue;  // class 0 has no patch
    const std::vector<float> map = head.class_activation(examples.data, row, cls);
    EXPECT_EQ(map.size(), static_cast<std::size_t>(kBins * kFrames));
    EXPECT_GE(*std::min_element(map.begin(), map.end()), 0.0F);
    EXPECT_LE(*std::max_element(map.begin(), map.end()), 1.0F);
    double inside = 0.0;
    const int start = examples.starts[row];
    for (int bin = std::max(0, kFirstBin - margin); bin < std::min(kBins, kFirstBin + kPatchBins + margin); ++bin) {
      for (int t = std::max(0, start - margin); t < std::min(kFrames, start + kPatchFrames + margin); ++t) {
        inside += map[bin * kFrames + t];
      }
    }
    const double all = std::accumulate(map.begin(), map.end(), 0.0);
    sum += all > 0.0 ? inside / all : 0.0;
    ++n;
  }
  return sum / n;
}

double accuracy(Head& head, const Patches& examples) {
  const auto rows = examples.split->rows(data::Part::kTest);
  const data::Probabilities p = head.predict(examples.data, rows);
  int n_right = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) n_right += p.predicted(i) == examples.data.labels()[rows[i]] ? 1 : 0;
  return n_right / static_cast<double>(rows.size());
}

TEST(ClassActivationTest, ResidualNetworksLookAtThePatchThatMakesTheClass) {
  const Patches examples = patches();
  const auto taught = fitted("short_chunk_resnet", examples, 2e-3, 8);
  const auto untaught = fitted("short_chunk_resnet", examples, 1e-12, 1);
  ASSERT_GT(accuracy(*taught, examples), 0.9);
  // A place of the last maps is 16 x 16. Patch and margin are an eighth of the clip; 0.84 of the mass lies there when
  // it has learned, 0.13 before.
  EXPECT_GT(share_at_patch(*taught, examples, 16), 0.6);
  EXPECT_LT(share_at_patch(*untaught, examples, 16), 0.3);
}

TEST(ClassActivationTest, TheBaselineLooksAtThePatchThatMakesTheClass) {
  const Patches examples = patches();
  const auto taught = fitted("cnn", examples, 3e-4, 12);
  const auto untaught = fitted("cnn", examples, 1e-12, 1);
  ASSERT_GT(accuracy(*taught, examples), 0.9);
  // Its dense layer gives every place weights of its own, which a mean over places blurs. Patch and margin are 0.03 of
  // the clip; 0.17 of the mass lies there when it has learned, 0.07 before, since the patch is loud.
  const double share = share_at_patch(*taught, examples, 4);
  EXPECT_GT(share, 0.1);
  EXPECT_GT(share, 1.5 * share_at_patch(*untaught, examples, 4));
}

TEST(ClassActivationTest, IsTheSameAfterLoadingAndBehindACalibration) {
  const Patches examples = patches();
  FitOptions options;
  options.of<recipes::NetworkOptions>().max_epochs = 1;
  options.of<recipes::NetworkOptions>().batch_size = 16;
  const auto head = heads::make_calibrated_head(heads::make_head("cnn"), evaluation::Calibration::kPlatt,
                                                evaluation::ThresholdMetric::kNone);
  head->fit(examples.data, examples.data.targets, examples.split->training_fold(), options);
  const auto loaded = heads::make_head("cnn");
  loaded->load(head->save());
  ASSERT_TRUE(head->has_class_activation() && loaded->has_class_activation());
  EXPECT_EQ(head->class_activation(examples.data, 3, 1), loaded->class_activation(examples.data, 3, 1));
  EXPECT_NE(head->class_activation(examples.data, 3, 1), head->class_activation(examples.data, 3, 0));
}

TEST(ClassActivationTest, OfARegressionItIsOfTheValue) {
  Patches examples = patches();
  std::vector<double> values;
  for (const int target : examples.data.labels()) values.push_back(100.0 + 50.0 * target);
  examples.data.set_values(values);
  const auto taught = fitted("short_chunk_resnet", examples, 2e-3, 8);
  EXPECT_EQ(taught->n_classes(), 0);
  // Patch and margin are an eighth of the clip, where 0.52 of the mass lies.
  EXPECT_GT(share_at_patch(*taught, examples, 16, 0), 0.35);
  EXPECT_THROW(taught->class_activation(examples.data, 7, 1), std::invalid_argument);
}

TEST(ClassActivationTest, HeadsThatDoNotHearOrAreNotFittedSaySo) {
  const Patches examples = patches();
  for (const HeadInfo* info : heads::all()) {
    const std::string_view name = info->name;
    const auto head = info->make();
    EXPECT_EQ(head->has_class_activation(), head->input() != HeadInput::kTable) << name;
    EXPECT_THROW(head->class_activation(examples.data, 0, 0), std::logic_error) << name;
  }
}

}  // namespace grad_cam_test
}  // namespace hitscope::models::neural
