// Exported networks, held against the networks themselves by LibTorch's loader and by OpenCV, which wrote neither.
// tests/apps/export_test.py opens the same files from Python.
#include "models/neural/graphs/graph_export.h"

#include <gtest/gtest.h>
#include <torch/csrc/jit/ir/irparser.h>
#include <torch/script.h>
#include <torch/torch.h>

#include <set>
#include <sstream>

#include "dsp/presets.h"
#include "models/heads/runtime.h"
#include "models/neural/graphs/onnx_conversion.h"
#include "models/neural/networks/spectrogram_network.h"
#include "models/tensors/safetensors.h"

namespace hitscope::models::neural::graphs {
namespace graph_export_test {

// Of the answers' spread. Measured: at most 6e-5, float32 in another order of sums.
constexpr double kExact = 2e-4;

/// Every parameter drawn, running statistics too: a network that was never trained has batch norms that do nothing.
HeadFiles drawn_head(const std::string& name, std::int64_t n_bins, std::int64_t n_frames, std::int64_t n_classes,
                     const std::string& clip_normalisation = "none",
                     recipes::ObjectiveKind objective = recipes::ObjectiveKind::kPlain) {
  torch::manual_seed(3);
  const torch::NoGradGuard no_grad;
  const std::int64_t width = std::min<std::int64_t>(n_frames, name == "cnn" ? 128 : 256);
  networks::SpectrogramShape shape{n_bins, width, std::max<std::int64_t>(1, n_classes)};
  shape.objective = objective;
  const auto network = make_network(name, shape);
  for (auto& [key, tensor] : tensors::state_of(*network)) {
    if (key.ends_with("running_var") || key == "input_std") tensor.uniform_(0.5, 2.0);
    if (key.ends_with("running_mean")) tensor.normal_(0.0, 0.3);
    if (key == "input_mean") tensor.uniform_(-40.0, -10.0);
    if (key.find("norm") != std::string::npos && key.ends_with("weight")) tensor.uniform_(0.5, 1.5);
    if (key.find("norm") != std::string::npos && key.ends_with("bias")) tensor.normal_(0.0, 0.3);
  }
  HeadFiles files{{name + ".safetensors", tensors::to_safetensors(tensors::state_of(*network))},
                  {name + ".json", "{\"n_bins\": " + std::to_string(n_bins) + ", \"n_frames\": " +
                                       std::to_string(n_frames) + ", \"n_classes\": " + std::to_string(n_classes) +
                                       ", \"n_columns\": 0, \"objective\": \"" + std::string(to_string(objective)) +
                                       "\", \"clip_normalisation\": \"" + clip_normalisation + "\"}"}};
  if (n_classes == 0) files[name + ".values.json"] = "{\"mean\": 50.0, \"scale\": 12.5}";
  return files;
}

dsp::FrontEndConfig small_front_end() {
  dsp::FrontEndConfig config;
  config.sample_rate = 8000;
  config.n_fft = 256;
  config.win_length = 200;
  config.hop_length = 80;
  config.n_mels = 24;
  return config;
}

void expect_both_near(const GraphExport& graph) {
  const Agreement script = graph.check_torchscript(graph.torchscript({}));
  EXPECT_GT(script.n_inputs, 1);
  EXPECT_LE(script.largest, kExact);
  const Agreement onnx = graph.check_onnx(graph.onnx({}));
  EXPECT_GT(onnx.n_inputs, 1) << onnx.unreadable;
  EXPECT_LE(onnx.largest, kExact);
}

class GraphExportTest : public testing::TestWithParam<std::string> {
 protected:
  static void SetUpTestSuite() { heads::prepare_runtime(1); }
};

TEST_P(GraphExportTest, GivesTheNetworksLogitsInTorchScriptAndOpenCv) {
  for (const std::int64_t n_frames : {51, 128, 300}) {
    SCOPED_TRACE(n_frames);
    expect_both_near(GraphExport(GetParam(), drawn_head(GetParam(), 40, n_frames, 3), std::nullopt));
  }
}

TEST_P(GraphExportTest, TakesWhatTheNetworkTakesFromAClip) {
  for (const char* normalisation : {"level", "bins"}) {
    SCOPED_TRACE(normalisation);
    expect_both_near(GraphExport(GetParam(), drawn_head(GetParam(), 24, 60, 2, normalisation), std::nullopt));
  }
}

TEST_P(GraphExportTest, GivesWhatACumulativeLinkGives) {
  for (const std::int64_t n_classes : {2, 3, 5}) {
    SCOPED_TRACE(n_classes);
    const HeadFiles files = drawn_head(GetParam(), 24, 60, n_classes, "none", recipes::ObjectiveKind::kOrdinal);
    expect_both_near(GraphExport(GetParam(), files, std::nullopt));
    // Sure of itself: most classes have probabilities that float32 hardly tells from 0.
    HeadFiles sure = files;
    tensors::NamedTensors state = tensors::from_safetensors(files.at(GetParam() + ".safetensors"));
    state.at("output.weight") *= 30.0;
    state.at("output.bias") += 8.0;
    sure[GetParam() + ".safetensors"] = tensors::to_safetensors(state);
    expect_both_near(GraphExport(GetParam(), sure, std::nullopt));
  }
}

TEST_P(GraphExportTest, TheSmallestSpectrogramsHaveAPlace) {
  expect_both_near(GraphExport(GetParam(), drawn_head(GetParam(), 4, 4, 2), std::nullopt));
}

TEST_P(GraphExportTest, KeepsTheKeysOfTheSafetensors) {
  const HeadFiles files = drawn_head(GetParam(), 24, 60, 2);
  std::set<std::string> want;
  for (const auto& [key, tensor] : tensors::from_safetensors(files.at(GetParam() + ".safetensors"))) want.insert(key);
  std::istringstream bytes(GraphExport(GetParam(), files, std::nullopt).torchscript({}));
  const torch::jit::Module module = torch::jit::load(bytes);
  std::set<std::string> have;
  for (const auto& parameter : module.named_parameters()) have.insert(parameter.name);
  for (const auto& buffer : module.named_buffers()) have.insert(buffer.name);
  EXPECT_EQ(have, want);
}

TEST_P(GraphExportTest, GivesAValueInTheTargetsUnits) {
  const GraphExport graph(GetParam(), drawn_head(GetParam(), 24, 60, 0), std::nullopt);
  EXPECT_EQ(graph.shape().output_name, "value");
  expect_both_near(graph);
  std::istringstream bytes(graph.torchscript({}));
  const torch::Tensor value = torch::jit::load(bytes).forward({torch::full({2, 1, 24, 60}, -25.0)}).toTensor();
  EXPECT_NEAR(value[0].item<double>(), 50.0, 30.0);  // its mean 50, not the network's 0
  EXPECT_GT(std::abs(value[0].item<double>()), 10.0);
}

TEST_P(GraphExportTest, HearsAWaveformAsTheHeadDoes) {
  // 2.2 s make 221 frames, pooled for the cnn; 6 s make 601, three windows for the others.
  for (const std::int64_t n_samples : {6000, 17600, 48000}) {
    SCOPED_TRACE(n_samples);
    const WaveformInput waveform{small_front_end(), n_samples};
    const std::int64_t n_frames = waveform.front_end.n_frames(n_samples);
    const GraphExport graph(GetParam(), drawn_head(GetParam(), 24, n_frames, 3), waveform);
    EXPECT_EQ(graph.shape().input_size, std::vector<std::int64_t>{n_samples});
    expect_both_near(graph);
  }
}

TEST_P(GraphExportTest, RefusesAFrontEndThatTheNetworkDidNotLearn) {
  const HeadFiles files = drawn_head(GetParam(), 24, 60, 2);
  EXPECT_THROW(GraphExport(GetParam(), files, WaveformInput{small_front_end(), 48000}), std::invalid_argument);
}

INSTANTIATE_TEST_SUITE_P(Networks, GraphExportTest,
                         testing::Values("cnn", "four_block_cnn", "short_chunk_resnet", "musicnn", "crnn"));

TEST(FrontEndExportTest, EveryPresetIsHeardAsDspHearsIt) {
  heads::prepare_runtime(1);
  for (const dsp::Preset& preset : dsp::presets()) {
    SCOPED_TRACE(preset.name);
    const WaveformInput waveform{preset.config, 2LL * preset.config.sample_rate};
    const std::int64_t n_frames = preset.config.n_frames(waveform.n_samples);
    const HeadFiles files = drawn_head("four_block_cnn", preset.config.n_bins(), n_frames, 3);
    expect_both_near(GraphExport("four_block_cnn", files, waveform));
  }
}

TEST(FrontEndExportTest, EveryOptionOfAFrontEndIsHeard) {
  using namespace dsp;
  const auto with = [](auto change) {
    dsp::FrontEndConfig config = small_front_end();
    change(config);
    return config;
  };
  const std::vector<dsp::FrontEndConfig> configs{
      with([](auto& c) { c.feature = dsp::Feature::kMfcc; }),
      with([](auto& c) { c.feature = dsp::Feature::kSpectrogram; }),
      with([](auto& c) { c.power = 1.0; }),
      with([](auto& c) { c.power = 1.5; }),
      with([](auto& c) { c.center = false; }),
      with([](auto& c) { c.n_fft = 255; }),
      with([](auto& c) { c.window = dsp::Window::kHamming; }),
      with([](auto& c) { c.quality = dsp::Quality::kFast; }),
      with([](auto& c) { c.feature = dsp::Feature::kMfcc, c.power = 1.0, c.top_db = 0.0; }),
      with([](auto& c) { c.amin = 1e-3; }),
      with([](auto& c) { c.top_db = 20.0; })};
  for (std::size_t i = 0; i < configs.size(); ++i) {
    SCOPED_TRACE(i);
    const WaveformInput waveform{configs[i], 6000};
    const HeadFiles files = drawn_head("four_block_cnn", configs[i].n_bins(), configs[i].n_frames(6000), 2);
    expect_both_near(GraphExport("four_block_cnn", files, waveform));
  }
}

TEST(GraphCheckTest, NoticesOneWeightThatIsNotTheNetworks) {
  const GraphExport graph("four_block_cnn", drawn_head("four_block_cnn", 24, 60, 2), std::nullopt);
  const HeadFiles other = [] {
    HeadFiles files = drawn_head("four_block_cnn", 24, 60, 2);
    tensors::NamedTensors state = tensors::from_safetensors(files.at("four_block_cnn.safetensors"));
    state.at("output.bias")[1] += 0.01;
    files["four_block_cnn.safetensors"] = tensors::to_safetensors(state);
    return files;
  }();
  const GraphExport changed("four_block_cnn", other, std::nullopt);
  EXPECT_GT(graph.check_onnx(changed.onnx({})).largest, kExportTolerance);
  EXPECT_GT(graph.check_torchscript(changed.torchscript({})).largest, kExportTolerance);
}

TEST(GraphCheckTest, WhatIsNoModelIsRefused) {
  const GraphExport graph("four_block_cnn", drawn_head("four_block_cnn", 24, 60, 2), std::nullopt);
  EXPECT_THROW(graph.check_onnx("no model"), std::runtime_error);
  EXPECT_THROW(graph.check_onnx(""), std::runtime_error);
}

TEST(OnnxConversionTest, AnOperationWithoutAConversionIsNamed) {
  TracedNetwork network{torch::jit::Module("__torch__.Network"), std::make_shared<torch::jit::Graph>(), {3, 2}};
  torch::jit::parseIR(R"(graph(%self, %x : Float(3, 2)):
    %y : Float(3, 2) = aten::erf(%x)
    return (%y))",
                      network.graph.get());
  const GraphShape shape{"spectrogram", {2}, "logits", 2, ClipPart::kWhole, 1};
  try {
    to_onnx(network, shape);
    FAIL();
  } catch (const std::runtime_error& e) {
    EXPECT_NE(std::string(e.what()).find("aten::erf"), std::string::npos) << e.what();
  }
}

TEST(FrontEndExportTest, ATransformTooLargeForAGraphIsRefused) {
  dsp::FrontEndConfig config = small_front_end();
  config.n_fft = 16384;
  const HeadFiles files = drawn_head("cnn", 24, config.n_frames(48000), 2);
  try {
    GraphExport("cnn", files, WaveformInput{config, 48000});
    FAIL();
  } catch (const std::invalid_argument& e) {
    EXPECT_NE(std::string(e.what()).find("n_fft is 16384"), std::string::npos) << e.what();
  }
}

TEST(GraphExportNamesTest, AHeadThatSeesColumnsIsRefusedWithThoseThatCanBe) {
  for (const char* head : {"mlp", "fusion"}) {
    try {
      GraphExport(head, {}, std::nullopt);
      FAIL() << head;
    } catch (const std::invalid_argument& e) {
      for (const std::string& name : exportable_head_names()) {
        EXPECT_NE(std::string(e.what()).find(name), std::string::npos) << e.what();
      }
    }
  }
}

}  // namespace graph_export_test
}  // namespace hitscope::models::neural::graphs
