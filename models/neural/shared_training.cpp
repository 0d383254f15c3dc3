#include "models/neural/shared_training.h"

#include <cstring>

#include "models/neural/networks/batch_norm.h"
#include "models/neural/ranks/ranks.h"
#include "models/tensors/safetensors.h"

namespace hitscope::models::neural {

SharedTraining::SharedTraining(ranks::Ranks* ranks, torch::nn::Module& network, networks::BatchShare* share)
    : ranks_(share != nullptr ? ranks : nullptr), network_(network), share_(share) {
  if (ranks_ == nullptr) return;
  networks::share_batch_norms(network_, ranks_);
  std::vector<torch::Tensor> state;
  for (const auto& [key, tensor] : tensors::state_of(network_)) state.push_back(tensor);
  const torch::NoGradGuard no_grad;
  ranks_->broadcast(state);
}

SharedTraining::~SharedTraining() {
  if (ranks_ == nullptr) return;
  networks::share_batch_norms(network_, nullptr);
  *share_ = {};
}

std::size_t SharedTraining::n_ranks() const {
  return ranks_ == nullptr ? 1 : static_cast<std::size_t>(ranks_->size());
}

std::string SharedTraining::of_first(const std::string& bytes) const {
  if (ranks_ == nullptr) return bytes;
  const double n_bytes = ranks_->sum(ranks_->rank() == 0 ? static_cast<double>(bytes.size()) : 0.0);
  if (n_bytes == 0.0) return {};
  const torch::Tensor tensor = torch::zeros({static_cast<std::int64_t>(n_bytes)}, torch::kUInt8);
  if (ranks_->rank() == 0) std::memcpy(tensor.data_ptr(), bytes.data(), bytes.size());
  ranks_->broadcast({&tensor, 1});
  return {reinterpret_cast<const char*>(tensor.data_ptr<std::uint8_t>()), static_cast<std::size_t>(n_bytes)};
}

std::span<const std::size_t> SharedTraining::part(std::span<const std::size_t> batch) const {
  if (ranks_ == nullptr) return batch;
  const auto rank = static_cast<std::size_t>(ranks_->rank());
  const std::size_t first = first_of(batch.size(), rank);
  return batch.subspan(first, first_of(batch.size(), rank + 1) - first);
}

void SharedTraining::begin(std::span<const std::size_t> batch) {
  if (ranks_ == nullptr) return;
  const auto rank = static_cast<std::size_t>(ranks_->rank());
  *share_ = {static_cast<std::int64_t>(batch.size()), static_cast<std::int64_t>(first_of(batch.size(), rank))};
}

torch::Tensor SharedTraining::whole(const torch::Tensor& output, std::size_t n_rows) const {
  if (ranks_ == nullptr) return output;
  const auto before = static_cast<std::int64_t>(first_of(n_rows, static_cast<std::size_t>(ranks_->rank())));
  const std::int64_t after = static_cast<std::int64_t>(n_rows) - before - output.size(0);
  return ranks_->summed(torch::constant_pad_nd(output, {0, 0, before, after}));
}

SharedTraining::Step SharedTraining::joined(const Step& own) {
  if (ranks_ == nullptr) return own;
  std::vector<torch::Tensor> tensors;
  for (const torch::Tensor& p : network_.parameters()) {
    if (p.grad().defined()) tensors.push_back(p.grad());
  }
  const torch::Tensor said = torch::tensor({own.cost, own.stop ? 1.0 : 0.0}, torch::kFloat64);
  tensors.push_back(said);
  ranks_->sum(tensors);
  return {said[0].item<double>(), said[1].item<double>() > 0.0};
}

bool SharedTraining::any(bool flag) const {
  return ranks_ == nullptr ? flag : ranks_->any(flag);
}

}  // namespace hitscope::models::neural
