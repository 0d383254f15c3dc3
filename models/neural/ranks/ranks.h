// One of several processes that train one network together: sums and broadcasts over all of them, by c10d, with Gloo
// for tensors in main memory and NCCL for those on GPUs where LibTorch has it (else these go by way of main memory).
//
// Every process ("rank") must call the same functions in the same order with tensors of the same shapes and types. The
// sum of one step is the same on all ranks, bit for bit. Rank 0 listens on the master port; every rank shows signs of
// life there from a thread of its own, so that all know which one was lost. After RankLost an object is only good for
// destruction, which takes seconds at most and never throws. It does not divide the rows, does not restart what was
// lost, and hides nothing. Before anything is summed, every rank shows that it knows the secret of the place; after
// that traffic is neither encrypted nor authenticated, and the store of rank 0 listens on all addresses, as with
// PyTorch, so the ports belong on a network that is trusted. Internal to models (includes LibTorch). Thread safety: one
// thread at a time.
#pragma once

#include <torch/torch.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "models/neural/ranks/rank_place.h"

namespace hitscope::models::neural::ranks {

class Ranks {
 public:
  /// A compromise between many small sums and large ones that cannot overlap; measured by `rank_worker timings` of the
  /// tests.
  static constexpr std::size_t kBucketBytes = 4U << 20U;

  /// Joins the others. Throws std::runtime_error naming address, port and how many came when not all do in time, and
  /// std::invalid_argument for a place that cannot be.
  explicit Ranks(const RankPlace& place, const RankTimeouts& timeouts = {});
  /// Waits (up to 10 s) until all have come this far, so that nobody's last sum is cut short; not after an error. While
  /// an exception passes through, tells the others that this rank stopped.
  ~Ranks();
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  int rank() const;
  int size() const;

  // All of these throw RankLost, which says who was lost, once another rank was lost, stopped or does not come.

  /// Overwrites the tensors with those of rank 0.
  void broadcast(std::span<const torch::Tensor> tensors);
  /// Overwrites the tensors with their sums over all ranks, in buckets of which several are on their way at a time.
  void sum(std::span<const torch::Tensor> tensors, std::size_t bucket_bytes = kBucketBytes);
  std::vector<double> sum(const std::vector<double>& values);
  double sum(double value);
  /// The sum of `x` over all ranks. Its gradient is the sum of the ranks' gradients, so all must go backward too, and
  /// while this object lives.
  torch::Tensor summed(const torch::Tensor& x);
  /// Whether `flag` is set on any rank; all get the same answer.
  bool any(bool flag);
  /// Returns when all ranks have called it.
  void barrier();

  /// Tells the others why this rank cannot go on: their RankLost will say so. Does not throw, takes 3 s at most.
  void stop_others(const std::string& why) noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hitscope::models::neural::ranks
