#include "models/neural/training_state.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace hitscope::models::neural {
namespace {

constexpr std::int64_t kEpochColumns = 4;  // training cost, validation cost, metric, is best

using tensors::NamedTensors;

void add(NamedTensors& all, const std::string& prefix, const NamedTensors& state) {
  for (const auto& [key, tensor] : state) all[prefix + key] = tensor.cpu();
}

/// A stored tensor. Throws std::runtime_error where it is missing.
const torch::Tensor& stored_in(const NamedTensors& all, const std::string& key) {
  const auto found = all.find(key);
  if (found == all.end())
    throw std::runtime_error("the checkpoint is not one of this network: '" + key + "' is missing");
  return found->second;
}

/// The tensors that `like` names, of its shapes and on its device.
NamedTensors read_state(const NamedTensors& all, const std::string& prefix, const NamedTensors& like) {
  NamedTensors state;
  for (const auto& [key, tensor] : like) {
    const torch::Tensor& stored = stored_in(all, prefix + key);
    if (stored.sizes() != tensor.sizes()) {
      throw std::runtime_error("the checkpoint belongs to another network: '" + key + "' has another shape");
    }
    state[key] = torch::empty_like(tensor).copy_(stored);
  }
  return state;
}

/// The stored tensors whose names begin with `prefix`, without it.
NamedTensors with_prefix(const NamedTensors& all, const std::string& prefix) {
  NamedTensors found;
  for (auto at = all.lower_bound(prefix); at != all.end() && at->first.starts_with(prefix); ++at) {
    found[at->first.substr(prefix.size())] = at->second;
  }
  return found;
}

/// A stored table of float64 with this many columns, [n_rows, n_columns].
torch::Tensor table_in(const NamedTensors& all, const std::string& key, std::int64_t n_columns) {
  const torch::Tensor& table = stored_in(all, key);
  if (table.dim() != 2 || table.size(1) != n_columns || table.scalar_type() != torch::kFloat64) {
    throw std::runtime_error("the checkpoint's '" + key + "' is not a table of " + std::to_string(n_columns) +
                             " columns in float64");
  }
  return table;
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

/// Throws std::runtime_error for the first thing that a checkpoint says otherwise.
void require_about(const tensors::Metadata& metadata, const tensors::Metadata& about) {
  for (const char* key : {"identity", "settings", "epochs"}) {  // from what says most
    if (!about.contains(key)) continue;
    const std::string& wanted = about.at(key);
    const auto stored = metadata.find(key);
    const std::string found = stored == metadata.end() ? "something unknown" : stored->second;
    if (found == wanted) continue;
    if (key == std::string("identity"))
      throw std::runtime_error("the checkpoint belongs to " + found + ", not to " + wanted);
    if (key == std::string("epochs")) {
      throw std::runtime_error("the learning rate of the training follows a schedule over all its epochs (" + found +
                               "), so that with " + wanted + " it is another training from the start");
    }
    throw std::runtime_error(std::string("the checkpoint was made with other ") + key);
  }
}

/// The row [1, 4] of step, cost, weight and learning rate.
torch::Tensor place_in(const NamedTensors& all) {
  torch::Tensor place = table_in(all, "place", 4);
  if (place.size(0) != 1) throw std::runtime_error("the checkpoint's 'place' is not one row");
  const double step = *place.data_ptr<double>();
  if (!(step >= 0.0 && step < 1e15)) throw std::runtime_error("the checkpoint's step is not a number of batches");
  return place;
}

}  // namespace

bool TrainingState::is_over(int max_epochs, int patience) const {
  const auto best = std::find_if(history.rbegin(), history.rend(), [](const Epoch& epoch) { return epoch.is_best; });
  return static_cast<int>(history.size()) >= max_epochs || best - history.rbegin() >= patience;
}

void TrainingState::end_within(int max_epochs, int patience) {
  const std::vector<Epoch> all = std::move(history);
  history.clear();
  for (const Epoch& epoch : all) {
    if (!history.empty() && is_over(max_epochs, patience)) break;
    history.push_back(epoch);
  }
  const std::size_t n = history.size();
  if (n == all.size() && (step == 0 || !is_over(max_epochs, patience))) return;
  const bool keeps_best = std::none_of(all.begin() + static_cast<std::ptrdiff_t>(n), all.end(),
                                       [](const Epoch& epoch) { return epoch.is_best; });
  if (!keeps_best) {
    throw CheckpointError("the training has come to epoch " + std::to_string(all.size()) +
                          ", and its best lies behind epoch " + std::to_string(n) +
                          ", where it would have ended with these `epochs` and `patience`");
  }
  step = 0;
}

void TrainingState::check_limits(const std::string& bytes, const tensors::Metadata& about, int max_epochs,
                                 int patience) try {
  const auto [all, metadata] = tensors::read_safetensors(bytes);
  require_about(metadata, about);
  TrainingState state;
  state.history = history_from(table_in(all, "history", kEpochColumns));
  state.step = static_cast<std::size_t>(*place_in(all).data_ptr<double>());
  state.end_within(max_epochs, patience);
} catch (const CheckpointError&) {
  throw;
} catch (const std::runtime_error& e) {
  throw CheckpointError(e.what());
}

std::string TrainingState::to_bytes(torch::nn::Module& network, const AdamW& optimizer,
                                    const tensors::Metadata& about) const {
  NamedTensors all;
  add(all, "network.", tensors::state_of(network));
  add(all, "best.", best);
  add(all, "average.", average);
  add(all, "optimizer.", optimizer.state());
  all["history"] = history_tensor(history);
  all["place"] = torch::tensor({{static_cast<double>(step), cost_sum, cost_weight, learning_rate}}, torch::kFloat64);
  torch::Tensor tried = torch::empty({static_cast<std::int64_t>(trials.size()), 2}, torch::kFloat64);
  auto* out = tried.data_ptr<double>();
  for (const LearningRateTrial& trial : trials) {
    *out++ = trial.learning_rate;
    *out++ = trial.loss;
  }
  all["trials"] = tried;
  return tensors::to_safetensors(all, about);
}

TrainingState TrainingState::from_bytes(const std::string& bytes, torch::nn::Module& network, AdamW& optimizer,
                                        const tensors::Metadata& about) try {
  const auto [all, metadata] = tensors::read_safetensors(bytes);
  require_about(metadata, about);
  const NamedTensors like = tensors::state_of(network);
  tensors::load_state(network, read_state(all, "network.", like));
  optimizer.load(with_prefix(all, "optimizer."));
  TrainingState state;
  state.history = history_from(table_in(all, "history", kEpochColumns));
  if (!state.history.empty()) state.best = read_state(all, "best.", like);
  const torch::Tensor place = place_in(all);
  const auto* at = place.data_ptr<double>();
  state.step = static_cast<std::size_t>(at[0]);
  state.cost_sum = at[1];
  state.cost_weight = at[2];
  state.learning_rate = at[3];
  const torch::Tensor tried = table_in(all, "trials", 2);
  const auto* in = tried.data_ptr<double>();
  for (std::int64_t i = 0; i < tried.size(0); ++i, in += 2) state.trials.push_back({in[0], in[1]});
  if (all.contains("average." + like.begin()->first)) state.average = read_state(all, "average.", like);
  return state;
} catch (const c10::Error& e) {
  throw CheckpointError(std::string("the checkpoint belongs to another network: ") + e.what_without_backtrace());
} catch (const std::runtime_error& e) {
  throw CheckpointError(e.what());
}

}  // namespace hitscope::models::neural
