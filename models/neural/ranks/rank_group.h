// Makes the connections among ranks by c10d: Gloo, and NCCL where LibTorch and NCCL's headers are installed. Internal
// to models (includes LibTorch).
// Thread safety: one call at a time; they read and make_nccl sets environment variables. A group serves one thread at a
// time.
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

/// A group for tensors in main memory. It uses the network interface named by GLOO_SOCKET_IFNAME, as PyTorch does, else
/// the one by which rank 0 is reached.
RankGroupPtr make_gloo(const RankPlace& place, const RankTimeouts& timeouts, const StorePtr& store);

/// A group for tensors on GPUs; a null pointer without NCCL.
RankGroupPtr make_nccl(const RankPlace& place, const RankTimeouts& timeouts, const StorePtr& store);

}  // namespace hitscope::models::neural::ranks
