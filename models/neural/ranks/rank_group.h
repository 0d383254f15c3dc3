// The connections among ranks as c10d has them: Gloo, and NCCL where LibTorch and its headers are there.
// Internal to models (includes LibTorch).
#pragma once

#include <torch/version.h>

#include <torch/csrc/distributed/c10d/Backend.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>
#include <torch/csrc/distributed/c10d/Store.hpp>

#include "models/neural/ranks/rank_place.h"

namespace hitscope::models::neural::ranks {

#if TORCH_VERSION_MAJOR >= 2
using RankGroup = c10d::Backend;
#else
using RankGroup = c10d::ProcessGroup;
#endif
using RankGroupPtr = c10::intrusive_ptr<RankGroup>;
using StorePtr = c10::intrusive_ptr<c10d::Store>;

/// For tensors in main memory. Takes the network interface that GLOO_SOCKET_IFNAME names, as PyTorch does, else the
/// one by which rank 0 is reached.
RankGroupPtr make_gloo(const RankPlace& place, const RankTimeouts& timeouts, const StorePtr& store);

/// For tensors on GPUs; without NCCL a null pointer.
RankGroupPtr make_nccl(const RankPlace& place, const RankTimeouts& timeouts, const StorePtr& store);

}  // namespace hitscope::models::neural::ranks
