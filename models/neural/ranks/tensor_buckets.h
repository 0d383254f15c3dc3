// Arranges many tensors as vectors of about equal length for sending: large tensors are cut, small ones joined. Ranks
// that give tensors of the same shapes and types get the same vectors. It sends nothing itself. Internal to models
// (includes LibTorch).
// Thread safety: one thread at a time per object.
#pragma once

#include <torch/torch.h>

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace hitscope::models::neural::ranks {

/// Parts of tensors that are sent together, all of one type and device.
struct TensorBucket {
  std::vector<torch::Tensor> parts;  ///< one-dimensional views of the tensors
  torch::Tensor joined() const { return parts.size() == 1 ? parts.front() : torch::cat(parts); }
  /// Copies `joined`, the sent and changed joined(), back to the parts.
  void write_back(const torch::Tensor& joined) const;
};

class TensorBuckets {
 public:
  /// `bucket_bytes` is the largest size of a bucket.
  TensorBuckets(std::span<const torch::Tensor> tensors, std::size_t bucket_bytes);
  const std::vector<TensorBucket>& buckets() const { return buckets_; }
  /// Copies the parts to those tensors that were not contiguous, of which they are no views. Call it after all buckets
  /// have been written back.
  void write_back() const;

 private:
  void add(const torch::Tensor& tensor, std::int64_t bucket_bytes);

  std::vector<TensorBucket> buckets_;
  std::int64_t room_ = 0;  ///< bytes left in the last bucket
  // Pairs of a tensor that is not contiguous and its copy.
  std::vector<std::pair<torch::Tensor, torch::Tensor>> copies_;
};

}  // namespace hitscope::models::neural::ranks
