// Checkpoints, and safetensors by themselves. First byte: bit 0: bytes that begin as a checkpoint of the network.
#include <torch/torch.h>

#include "models/neural/training_state.h"
#include "tests/fuzz/target.h"

namespace hitscope::tests {
namespace checkpoints {

using namespace models;

const tensors::Metadata kAbout{{"identity", "a small network"}, {"settings", "none"}};

struct Network {
  torch::nn::Sequential layers{torch::nn::Linear(3, 4), torch::nn::BatchNorm1d(4), torch::nn::Linear(4, 2)};
  neural::AdamW optimizer{layers->parameters(), 0.01};
};

/// A whole checkpoint of Network.
const std::string& whole() {
  static const std::string bytes = [] {
    Network network;
    neural::TrainingState state;
    state.history.push_back({});
    state.best = tensors::state_of(*network.layers);
    return state.to_bytes(*network.layers, network.optimizer, kAbout);
  }();
  return bytes;
}

void read(const std::string& bytes) {
  static Network network;
  try {
    (void)neural::TrainingState::from_bytes(bytes, *network.layers, network.optimizer, kAbout);
  } catch (const CheckpointError&) {
  }
  try {
    const tensors::SafeTensors read = tensors::read_safetensors(bytes);
    const tensors::SafeTensors again = tensors::read_safetensors(tensors::to_safetensors(read.tensors, read.metadata));
    promise(read.tensors.size() == again.tensors.size() && read.metadata == again.metadata,
            "tensors are read as they were written");
  } catch (const std::exception&) {
  }
}

}  // namespace checkpoints
}  // namespace hitscope::tests

FUZZ_TARGET(checkpoints) {
  using namespace hitscope::tests;
  const Choice choice(data, size);
  if ((choice.first & 1U) == 0) {
    checkpoints::read(choice.text);
  } else if (choice.text.size() >= 2) {
    std::string bytes = checkpoints::whole();
    const std::size_t place =
        (static_cast<unsigned char>(choice.text[0]) * 256U + static_cast<unsigned char>(choice.text[1])) % bytes.size();
    const std::string_view text = std::string_view(choice.text).substr(2);
    checkpoints::read(bytes.replace(place, std::min(text.size(), bytes.size() - place), text));
  }
  return 0;
}
