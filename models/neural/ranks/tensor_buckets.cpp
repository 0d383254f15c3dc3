#include "models/neural/ranks/tensor_buckets.h"

#include <algorithm>

namespace hitscope::models::neural::ranks {
namespace {

bool fit(const torch::Tensor& a, const torch::Tensor& b) {
  return a.scalar_type() == b.scalar_type() && a.device() == b.device();
}

}  // namespace

void TensorBucket::write_back(const torch::Tensor& joined) const {
  if (joined.is_alias_of(parts.front())) return;
  std::int64_t first = 0;
  for (const torch::Tensor& part : parts) {
    part.copy_(joined.narrow(0, first, part.numel()));
    first += part.numel();
  }
}

TensorBuckets::TensorBuckets(std::span<const torch::Tensor> tensors, std::size_t bucket_bytes) {
  for (const torch::Tensor& tensor : tensors) add(tensor.detach(), static_cast<std::int64_t>(bucket_bytes));
}

void TensorBuckets::write_back() const {
  for (const auto& [tensor, copy] : copies_) tensor.copy_(copy);
}

void TensorBuckets::add(const torch::Tensor& tensor, std::int64_t bucket_bytes) {
  // In the order of their places, not of memory: another rank may keep the same tensor in another order.
  const torch::Tensor whole = tensor.contiguous();
  if (!whole.is_alias_of(tensor)) copies_.emplace_back(tensor, whole);
  const torch::Tensor flat = whole.view(-1);
  const std::int64_t width = tensor.element_size();
  for (std::int64_t first = 0; first < flat.numel();) {
    if (buckets_.empty() || room_ < width || !fit(buckets_.back().parts.front(), flat)) {
      buckets_.emplace_back();
      room_ = std::max(bucket_bytes, width);
    }
    const std::int64_t n = std::min(flat.numel() - first, room_ / width);
    buckets_.back().parts.push_back(flat.narrow(0, first, n));
    room_ -= n * width;
    first += n;
  }
}

}  // namespace hitscope::models::neural::ranks
