// Many tensors as vectors of about one length, for sending: large ones are cut, small ones joined. All ranks that give
// tensors of the same shapes and types get the same vectors. Internal to models (includes LibTorch).
#pragma once

#include <torch/torch.h>

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace hitscope::models::neural::ranks {

/// Parts of tensors that travel together, all of one type and device.
struct TensorBucket {
  std::vector<torch::Tensor> parts;  ///< one-dimensional views of the tensors
  torch::Tensor joined() const { return parts.size() == 1 ? parts.front() : torch::cat(parts); }
  /// Copies what became of joined() back to the parts.
  void write_back(const torch::Tensor& joined) const;
};

class TensorBuckets {
 public:
  /// `bucket_bytes`: that a bucket holds at most.
  TensorBuckets(std::span<const torch::Tensor> tensors, std::size_t bucket_bytes);
  const std::vector<TensorBucket>& buckets() const { return buckets_; }
  /// Copies the parts to the tensors which they are no views of. Call it after all buckets were written back.
  void write_back() const;

 private:
  void add(const torch::Tensor& tensor, std::int64_t bucket_bytes);

  std::vector<TensorBucket> buckets_;
  std::int64_t room_ = 0;                                        ///< bytes of the last bucket
  std::vector<std::pair<torch::Tensor, torch::Tensor>> copies_;  ///< a tensor that is not contiguous, its copy
};

}  // namespace hitscope::models::neural::ranks
