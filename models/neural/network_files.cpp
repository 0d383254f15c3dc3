#include "models/neural/network_files.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "models/head_files.h"
#include "models/neural/networks/baseline_cnn.h"
#include "models/neural/safetensors.h"

namespace hitscope::models {
namespace {

constexpr std::int64_t kPooledWidth = 128;  // frames that the baseline sees; more are average-pooled to it
constexpr std::int64_t kWindow = 256;       // frames of a window of the other networks, at most
constexpr int kMostWindows = 8;
constexpr std::string_view kFusion = "fusion";

void check(const StoredNetwork& stored) {
  const SpectrogramShape& shape = stored.shape;
  const auto require = [](bool ok, const char* rule) {
    if (!ok) throw std::runtime_error(rule);
  };
  require(shape.n_bins >= 4 && shape.n_bins <= 4096 && stored.n_frames >= 4 && stored.n_classes >= 0 &&
              stored.n_classes != 1,
          "spectrograms must have at least 4 mels and 4 frames, targets 2 classes");
  require(shape.n_columns >= 0 && (shape.n_columns > 0) == (stored.name == kFusion),
          "fusion needs table columns, and no other network has a use for them");
  require(shape.objective != (stored.n_classes == 0 ? ObjectiveKind::kOrdinal : ObjectiveKind::kRanking),
          "the objective must be plain or ranking for values, plain or ordinal for classes");
}

StoredNetwork shape_from(std::string_view name, const std::string& text) {
  const auto j = nlohmann::json::parse(text);
  StoredNetwork stored;
  stored.name = name;
  stored.n_frames = j.at("n_frames");
  stored.n_classes = j.at("n_classes");
  stored.shape.n_bins = j.at("n_bins");
  stored.shape.normalisation = clip_normalisation_from(j.at("clip_normalisation").get<std::string>());
  stored.shape.objective = objective_from(j.at("objective").get<std::string>());
  stored.shape.n_columns = j.at("n_columns");
  check(stored);
  stored.windows = clip_windows(name, stored.n_frames);
  stored.shape.n_frames = stored.windows.width;
  stored.shape.n_outputs = std::max<std::int64_t>(1, stored.n_classes);
  return stored;
}

/// The shape decides what is allocated: the weights must be of it.
void check_size(const StoredNetwork& stored, const NamedTensors& state) {
  const auto is = [&](const char* key, std::int64_t numel) {
    const auto found = state.find(key);
    return found != state.end() && found->second.numel() == numel;
  };
  const bool is_ordinal = stored.shape.objective == ObjectiveKind::kOrdinal;
  const bool dense_fits = stored.name != "cnn" || is("dense.weight", 64 * BaselineCnnImpl::n_flat(stored.shape));
  if (is("output.bias", is_ordinal ? 1 : stored.shape.n_outputs) && dense_fits) return;
  throw std::runtime_error("the weights are not of the shape that " + stored.name + ".json names");
}

}  // namespace

std::string_view network_of(std::string_view head) {
  return head == kFusion ? "short_chunk_resnet" : head;
}

ClipWindows clip_windows(std::string_view name, std::int64_t n_frames) {
  if (name == "cnn") return {false, std::min(n_frames, kPooledWidth), 1};
  const std::int64_t width = std::min(n_frames, kWindow);
  const std::int64_t n_windows = (n_frames + width - 1) / width;
  return {true, width, static_cast<int>(std::min<std::int64_t>(kMostWindows, n_windows))};
}

StoredNetwork read_network(std::string_view name, const HeadFiles& files) {
  const std::string base(name);
  StoredNetwork stored =
      read_head_file(files, base + ".json", [&](const std::string& text) { return shape_from(name, text); });
  stored.network = read_head_file(files, base + ".safetensors", [&](const std::string& bytes) {
    const NamedTensors state = from_safetensors(bytes);
    check_size(stored, state);
    auto network = make_network(network_of(name), stored.shape);
    load_state(*network, state);
    network->eval();
    return network;
  });
  if (stored.n_classes == 0) {
    stored.value_scale = read_head_file(files, base + ".values.json", ValueScale::from_json);
  }
  return stored;
}

}  // namespace hitscope::models
