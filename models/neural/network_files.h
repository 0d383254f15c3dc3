// A trained network on spectrograms as its head's files hold it, and what of a clip it is given.
//
// NAME.json (shape), NAME.safetensors (weights), of a regression NAME.values.json, and of one that sees the table too
// NAME.features.json. Files are hostile: the weights must fit the shape before anything of its size is allocated.
// Internal to models (includes LibTorch).
// Thread safety: reading is a free function; a StoredNetwork belongs to one thread at a time.
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

/// What of a clip a network sees when it judges: all of it, average-pooled to `width` frames, or `n_windows` of `width`
/// frames that lie evenly over it, of which the mean logits count.
struct ClipWindows {
  bool sees_windows = false;
  std::int64_t width = 0;
  int n_windows = 1;

  /// First frame of each window of a clip of `n_frames` frames.
  std::vector<std::int64_t> starts(std::int64_t n_frames) const;
};

/// Of the network `name` on clips of `n_frames` frames.
ClipWindows clip_windows(std::string_view name, std::int64_t n_frames);

struct StoredNetwork {
  std::string name;                  ///< of the head
  std::int64_t n_frames = 0;         ///< of a whole clip
  std::int64_t n_classes = 0;        ///< 0: a value
  networks::SpectrogramShape shape;  ///< of what the network is given
  ClipWindows windows;
  data::ValueScale value_scale;               ///< the identity for classes
  std::optional<data::TableEncoder> encoder;  ///< of a head that sees the table too
  std::shared_ptr<networks::SpectrogramNetworkImpl> network;
};

/// The head that has table columns beside the network's embedding.
inline constexpr std::string_view kFusion = "fusion";

/// What is to be made; n_outputs, n_columns and widths follow from the rest.
struct NetworkRequest {
  std::string name;  ///< of the head
  std::int64_t n_bins = 0;
  std::int64_t n_frames = 0;   ///< of a whole clip
  std::int64_t n_classes = 0;  ///< 0: a value
  recipes::ClipNormalisation normalisation = recipes::ClipNormalisation::kNone;
  recipes::ObjectiveKind objective = recipes::ObjectiveKind::kPlain;
  std::optional<data::TableEncoder> encoder;
};

/// A new network, its weights drawn by torch's generator. Throws std::invalid_argument naming what cannot be.
StoredNetwork new_network(const NetworkRequest& request);
/// What read_network reads.
HeadFiles write_network(const StoredNetwork& stored);

/// The network in evaluation mode. Throws std::runtime_error naming the file where one is missing or not what a head
/// writes, std::invalid_argument for a name that no network has.
StoredNetwork read_network(std::string_view name, const HeadFiles& files);

}  // namespace hitscope::models::neural
