#include "models/neural/network_files.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "dsp/json.h"
#include "models/head_files.h"
#include "models/neural/networks/baseline_cnn.h"
#include "models/tensors/safetensors.h"

namespace hitscope::models::neural {
namespace {

constexpr std::int64_t kPooledWidth = 128;  // frames that the baseline sees; more are average-pooled to it
constexpr std::int64_t kWindow = 256;       // frames of a window of the other networks, at most
constexpr int kMostWindows = 8;

constexpr std::string_view kFusionNetwork = "short_chunk_resnet";

std::string_view network_of(std::string_view head) {
  return head == kFusion ? kFusionNetwork : head;
}

void check_objective(recipes::ObjectiveKind objective, bool has_classes) {
  if (objective != (has_classes ? recipes::ObjectiveKind::kRanking : recipes::ObjectiveKind::kOrdinal)) return;
  throw std::invalid_argument(
      "objective is " + std::string(to_string(objective)) +
      (has_classes ? "; it must be plain or ordinal for classes" : "; it must be plain or ranking for values"));
}

/// All but the network itself.
StoredNetwork shaped(const NetworkRequest& request, std::int64_t n_columns) {
  if (request.n_bins < 4 || request.n_bins > 4096 || request.n_frames < 4 || request.n_classes < 0 ||
      request.n_classes == 1) {
    throw std::invalid_argument("spectrograms must have at least 4 mels and 4 frames, targets 2 classes");
  }
  if (n_columns < 0 || (n_columns > 0) != (request.name == kFusion)) {
    throw std::invalid_argument(n_columns > 0 ? "does not use table columns" : "needs table columns");
  }
  check_objective(request.objective, request.n_classes > 0);
  StoredNetwork stored;
  stored.name = request.name;
  stored.n_frames = request.n_frames;
  stored.n_classes = request.n_classes;
  stored.windows = clip_windows(request.name, request.n_frames);
  stored.shape = {
      request.n_bins, stored.windows.width, std::max<std::int64_t>(1, request.n_classes), request.normalisation,
      n_columns,      request.objective};
  stored.encoder = request.encoder;
  return stored;
}

StoredNetwork shape_from(std::string_view name, const std::string& text) {
  const auto j = dsp::parse_json<nlohmann::json>(text);
  NetworkRequest request;
  request.name = name;
  request.n_bins = j.at("n_bins");
  request.n_frames = j.at("n_frames");
  request.n_classes = j.at("n_classes");
  request.normalisation =
      dsp::from_string<recipes::ClipNormalisation>("clip_normalisation", j.at("clip_normalisation").get<std::string>());
  request.objective = dsp::from_string<recipes::ObjectiveKind>("objective", j.at("objective").get<std::string>());
  StoredNetwork stored = shaped(request, j.at("n_columns"));
  stored.repeats_short_clips = j.value("repeats_short_clips", false);  // earlier versions learned the padding
  return stored;
}

/// The shape decides what is allocated: the weights must be of it.
void check_size(const StoredNetwork& stored, const tensors::NamedTensors& state) {
  const auto is = [&](const char* key, std::int64_t numel) {
    const auto found = state.find(key);
    return found != state.end() && found->second.numel() == numel;
  };
  const bool dense_fits =
      stored.name != "cnn" || is("dense.weight", 64 * networks::BaselineCnnImpl::n_flat(stored.shape));
  const auto columns = state.find("columns.0.weight");
  const bool columns_fit = stored.shape.n_columns == 0 || (columns != state.end() && columns->second.dim() == 2 &&
                                                           columns->second.size(1) == stored.shape.n_columns);
  const bool is_ordinal = stored.shape.objective == recipes::ObjectiveKind::kOrdinal;
  if (is("output.bias", is_ordinal ? 1 : stored.shape.n_outputs) && dense_fits && columns_fit) return;
  throw std::runtime_error("the weights are not of the shape that " + stored.name + ".json names");
}

}  // namespace

std::vector<std::int64_t> ClipWindows::starts(std::int64_t n_frames) const {
  const auto room = static_cast<double>(n_frames - width);
  std::vector<std::int64_t> starts;
  for (int w = 0; w < n_windows; ++w) {
    starts.push_back(static_cast<std::int64_t>(n_windows > 1 ? room * w / (n_windows - 1) : room / 2));
  }
  return starts;
}

ClipWindows clip_windows(std::string_view name, std::int64_t n_frames) {
  if (name == "cnn") return {false, std::min(n_frames, kPooledWidth), 1};
  const std::int64_t width = std::min(n_frames, kWindow);
  const std::int64_t n_windows = (n_frames + width - 1) / width;
  return {true, width, static_cast<int>(std::min<std::int64_t>(kMostWindows, n_windows))};
}

StoredNetwork new_network(const NetworkRequest& request) try {
  StoredNetwork stored = shaped(request, request.encoder ? static_cast<std::int64_t>(request.encoder->n_columns()) : 0);
  stored.network = make_network(network_of(request.name), stored.shape);
  return stored;
} catch (const std::invalid_argument& e) {
  throw std::invalid_argument(request.name + ": " + e.what());
}

void begin_with(StoredNetwork& stored, const HeadFiles& files) {
  const tensors::NamedTensors learned = read_head_file(
      files, stored.name + ".safetensors", [](const std::string& bytes) { return tensors::from_safetensors(bytes); });
  tensors::require_finite(learned);
  tensors::NamedTensors state = tensors::state_of(*stored.network);
  for (auto& [key, tensor] : state) {
    const auto found = learned.find(key);
    if (found != learned.end() && found->second.sizes() == tensor.sizes()) {
      tensor = found->second;
    } else if (!key.starts_with("output.") && key != "cut_points") {
      throw std::invalid_argument(stored.name + ": `warm_start` cannot be used, because '" + key +
                                  "' has another shape in that run");
    }
  }
  tensors::load_state(*stored.network, state);
}

HeadFiles write_network(const StoredNetwork& stored) {
  const nlohmann::ordered_json shape{{"n_bins", stored.shape.n_bins},
                                     {"n_frames", stored.n_frames},
                                     {"n_classes", stored.n_classes},
                                     {"clip_normalisation", to_string(stored.shape.normalisation)},
                                     {"objective", to_string(stored.shape.objective)},
                                     {"n_columns", stored.shape.n_columns},
                                     {"repeats_short_clips", stored.repeats_short_clips}};
  HeadFiles files{{stored.name + ".safetensors", tensors::to_safetensors(tensors::state_of(*stored.network))},
                  {stored.name + ".json", shape.dump(2) + "\n"}};
  if (stored.n_classes == 0) files[stored.name + ".values.json"] = stored.value_scale.to_json();
  if (stored.encoder) files[stored.name + ".features.json"] = stored.encoder->to_json();
  return files;
}

StoredNetwork read_network(std::string_view name, const HeadFiles& files) {
  const std::string base(name);
  StoredNetwork stored =
      read_head_file(files, base + ".json", [&](const std::string& text) { return shape_from(name, text); });
  stored.network = read_head_file(files, base + ".safetensors", [&](const std::string& bytes) {
    const tensors::NamedTensors state = tensors::from_safetensors(bytes);
    tensors::require_finite(state);
    check_size(stored, state);
    auto network = make_network(network_of(name), stored.shape);
    tensors::load_state(*network, state);
    network->eval();
    return network;
  });
  if (stored.n_classes == 0) {
    stored.value_scale = read_head_file(files, base + ".values.json", data::ValueScale::from_json);
  }
  if (stored.shape.n_columns > 0) {
    stored.encoder = read_head_file(files, base + ".features.json", data::TableEncoder::from_json);
    if (static_cast<std::int64_t>(stored.encoder->n_columns()) != stored.shape.n_columns) {
      throw std::runtime_error(base + ".features.json: has other columns than " + base + ".json says");
    }
  }
  return stored;
}

}  // namespace hitscope::models::neural
