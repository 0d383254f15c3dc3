#include "models/neural/training_state.h"

#include <map>
#include <sstream>
#include <stdexcept>

namespace hitscope::models::neural {
namespace {

constexpr std::int64_t kEpochColumns = 4;  // training cost, validation cost, metric, is best

void write_state(torch::serialize::OutputArchive& archive, const std::string& prefix,
                 const tensors::NamedTensors& state) {
  for (const auto& [key, tensor] : state) archive.write(prefix + key, tensor.cpu());
}

/// The tensors that `like` names, of its shapes and on its device.
tensors::NamedTensors read_state(torch::serialize::InputArchive& archive, const std::string& prefix,
                                 const tensors::NamedTensors& like) {
  tensors::NamedTensors state;
  for (const auto& [key, tensor] : like) {
    torch::Tensor stored;
    archive.read(prefix + key, stored);
    if (stored.sizes() != tensor.sizes()) {
      throw std::runtime_error("the checkpoint belongs to another network: '" + key + "' has another shape");
    }
    state[key] = torch::empty_like(tensor).copy_(stored);
  }
  return state;
}

torch::Tensor history_tensor(const std::vector<Epoch>& history) {
  torch::Tensor rows = torch::empty({static_cast<std::int64_t>(history.size()), kEpochColumns}, torch::kFloat64);
  auto* out = rows.data_ptr<double>();
  for (const Epoch& epoch : history) {
    *out++ = epoch.train_loss;
    *out++ = epoch.validation_loss;
    *out++ = epoch.metric;
    *out++ = epoch.is_best ? 1.0 : 0.0;
  }
  return rows;
}

std::vector<Epoch> history_from(const torch::Tensor& rows) {
  if (rows.dim() != 2 || rows.size(1) != kEpochColumns)
    throw std::runtime_error("the history in the checkpoint is invalid");
  std::vector<Epoch> history;
  const auto* in = rows.data_ptr<double>();
  for (std::int64_t i = 0; i < rows.size(0); ++i, in += kEpochColumns) {
    Epoch epoch;
    epoch.number = static_cast<int>(i) + 1;
    epoch.train_loss = in[0];
    epoch.validation_loss = in[1];
    epoch.metric = in[2];
    epoch.is_best = in[3] != 0.0;
    history.push_back(epoch);
  }
  return history;
}

}  // namespace

std::string TrainingState::to_bytes(torch::nn::Module& network, const AdamW& optimizer,
                                    const std::string& identity) const {
  torch::serialize::OutputArchive archive;
  archive.write("identity", c10::IValue(identity));
  write_state(archive, "network.", tensors::state_of(network));
  write_state(archive, "best.", best);
  write_state(archive, "average.", average);
  torch::serialize::OutputArchive moments;
  optimizer.save(moments);
  archive.write("optimizer", moments);
  archive.write("history", history_tensor(history));
  archive.write("place",
                torch::tensor({static_cast<double>(step), cost_sum, cost_weight, learning_rate}, torch::kFloat64));
  torch::Tensor tried = torch::empty({static_cast<std::int64_t>(trials.size()), 2}, torch::kFloat64);
  auto* out = tried.data_ptr<double>();
  for (const LearningRateTrial& trial : trials) {
    *out++ = trial.learning_rate;
    *out++ = trial.loss;
  }
  archive.write("trials", tried);
  std::ostringstream bytes;
  archive.save_to(bytes);
  return bytes.str();
}

TrainingState TrainingState::from_bytes(const std::string& bytes, torch::nn::Module& network, AdamW& optimizer,
                                        const std::string& identity) try {
  torch::serialize::InputArchive archive;
  std::istringstream stream(bytes);
  archive.load_from(stream);
  c10::IValue stored;
  archive.read("identity", stored);
  if (stored.toStringRef() != identity) {
    throw std::runtime_error("the checkpoint belongs to " + stored.toStringRef() + ", not to " + identity);
  }
  const tensors::NamedTensors like = tensors::state_of(network);
  tensors::load_state(network, read_state(archive, "network.", like));
  torch::serialize::InputArchive moments;
  archive.read("optimizer", moments);
  optimizer.load(moments);
  TrainingState state;
  torch::Tensor history;
  archive.read("history", history);
  state.history = history_from(history);
  if (!state.history.empty()) state.best = read_state(archive, "best.", like);
  torch::Tensor place;
  archive.read("place", place);
  state.step = static_cast<std::size_t>(place[0].item<double>());
  state.cost_sum = place[1].item<double>();
  state.cost_weight = place[2].item<double>();
  state.learning_rate = place[3].item<double>();
  torch::Tensor tried;
  archive.read("trials", tried);
  if (tried.dim() != 2 || tried.size(1) != 2)
    throw std::runtime_error("the learning-rate trials in the checkpoint are invalid");
  const auto* in = tried.data_ptr<double>();
  for (std::int64_t i = 0; i < tried.size(0); ++i, in += 2) state.trials.push_back({in[0], in[1]});
  torch::Tensor averaged;
  if (archive.try_read("average." + like.begin()->first, averaged))
    state.average = read_state(archive, "average.", like);
  return state;
} catch (const c10::Error& e) {
  throw std::runtime_error(std::string("the checkpoint belongs to another network: ") + e.what_without_backtrace());
}

}  // namespace hitscope::models::neural
