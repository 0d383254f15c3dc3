// A trained network on spectrograms as its head's files hold it, and what of a clip it is given.
//
// NAME.json (shape), NAME.safetensors (weights) and, of a regression, NAME.values.json; of the head "fusion", whose
// network is short_chunk_resnet, not what encodes its columns. Files are hostile: the weights
// must fit the shape before anything of its size is allocated. Internal to models (includes LibTorch).
// Thread safety: reading is a free function; a StoredNetwork belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "models/data/value_scale.h"
#include "models/head.h"
#include "models/neural/networks/spectrogram_network.h"

namespace hitscope::models {

/// What of a clip a network sees when it judges: all of it, average-pooled to `width` frames, or `n_windows` of `width`
/// frames that lie evenly over it, of which the mean logits count.
struct ClipWindows {
  bool sees_windows = false;
  std::int64_t width = 0;
  int n_windows = 1;
};

/// The network of a head: of its own name, but for "fusion".
std::string_view network_of(std::string_view head);

/// Of the head `name` on clips of `n_frames` frames.
ClipWindows clip_windows(std::string_view name, std::int64_t n_frames);

struct StoredNetwork {
  std::string name;
  std::int64_t n_frames = 0;   ///< of a whole clip
  std::int64_t n_classes = 0;  ///< 0: a value
  SpectrogramShape shape;      ///< of what the network is given and gives
  ClipWindows windows;
  ValueScale value_scale;  ///< the identity for classes
  std::shared_ptr<SpectrogramNetworkImpl> network;
};

/// The network of the head `name` in evaluation mode. Throws std::runtime_error naming the file where one is missing or
/// not what a head writes, std::invalid_argument for a name that no network has.
StoredNetwork read_network(std::string_view name, const HeadFiles& files);

}  // namespace hitscope::models
