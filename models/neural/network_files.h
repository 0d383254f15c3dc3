// Reads and writes a trained network on spectrograms with everything its head needs to run it.
//
// The files are NAME.json (shape) and NAME.safetensors (weights), for a regression also NAME.values.json, and for a
// head with table input NAME.features.json. Files may be hostile: the weights must fit the shape before anything of its
// size is allocated. Internal to models (includes LibTorch).
// Thread safety: free functions without shared state, except that new_network uses LibTorch's global generator; a
// StoredNetwork serves one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/data/table_encoder.h"
#include "models/data/value_scale.h"
#include "models/head.h"
#include "models/neural/networks/spectrogram_network.h"

namespace hitscope::models::neural {

/// What a network sees of a clip when it predicts: the whole clip average-pooled to `width` frames, or `n_windows`
/// evenly spaced windows of `width` frames whose logits are averaged.
struct ClipWindows {
  bool sees_windows = false;
  std::int64_t width = 0;
  int n_windows = 1;

  /// First frame of each window of a clip of `n_frames` frames.
  std::vector<std::int64_t> starts(std::int64_t n_frames) const;
};

/// The windows of the network `name` on clips of `n_frames` frames.
ClipWindows clip_windows(std::string_view name, std::int64_t n_frames);

struct StoredNetwork {
  std::string name;                  ///< name of the head
  std::int64_t n_frames = 0;         ///< frames of a whole clip
  std::int64_t n_classes = 0;        ///< number of classes; 0: a regression
  networks::SpectrogramShape shape;  ///< shape of the network's input and output
  ClipWindows windows;
  bool repeats_short_clips = true;  ///< sees a short clip's sound again where its padding is; false: sees the padding
  data::ValueScale value_scale;     ///< scale of a regression's values; the identity for classes
  std::optional<data::TableEncoder> encoder;  ///< for a head with table input; else empty
  std::shared_ptr<networks::SpectrogramNetworkImpl> network;
};

/// Name of the head that joins table columns to the network's embedding.
inline constexpr std::string_view kFusion = "fusion";

/// What new_network() makes; the number of outputs and of columns and the width follow from these.
struct NetworkRequest {
  std::string name;  ///< name of the head
  std::int64_t n_bins = 0;
  std::int64_t n_frames = 0;   ///< frames of a whole clip
  std::int64_t n_classes = 0;  ///< number of classes; 0: a regression
  recipes::ClipNormalisation normalisation = recipes::ClipNormalisation::kNone;
  recipes::ObjectiveKind objective = recipes::ObjectiveKind::kPlain;
  std::optional<data::TableEncoder> encoder;
};

/// A new network with weights drawn from LibTorch's global generator. Throws std::invalid_argument naming field and
/// rule.
StoredNetwork new_network(const NetworkRequest& request);
/// Copies the weights in `files` of a head of the same name into a new network. A last layer of another size stays new.
/// Throws std::invalid_argument where any other layer has another shape, as for other spectrograms or columns.
void begin_with(StoredNetwork& stored, const HeadFiles& files);
/// The files that read_network reads.
HeadFiles write_network(const StoredNetwork& stored);

/// The network in evaluation mode. Throws std::runtime_error naming a file that is missing or that no head wrote,
/// std::invalid_argument for an unknown name.
StoredNetwork read_network(std::string_view name, const HeadFiles& files);

}  // namespace hitscope::models::neural
