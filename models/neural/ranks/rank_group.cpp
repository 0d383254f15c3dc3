#include "models/neural/ranks/rank_group.h"

// Debian's LibTorch has Gloo, but its CMake files do not say so.
#ifndef USE_C10D_GLOO
#define USE_C10D_GLOO
#endif

#include <algorithm>
#include <cstdlib>
#include <string>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
// LibTorch's header for NCCL wants NCCL's own, which its archive does not bring.
#if defined(USE_C10D_NCCL) && __has_include(<nccl.h>)
#define HITSCOPE_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

#include "models/neural/ranks/rank_joining.h"

namespace hitscope::models::neural::ranks {
namespace {

using std::chrono::milliseconds;

/// Ranks applies its own limits first; the group's longer one only ends operations that a failed object has left
/// behind.
milliseconds group_limit(const RankTimeouts& timeouts) {
  return timeouts.step + std::chrono::minutes(1);
}

/// Limits the wait for a lost rank while connections are made to the limit for joining.
class JoiningStore : public c10d::PrefixStore {
 public:
  JoiningStore(StorePtr store, milliseconds limit) : PrefixStore("gloo", std::move(store)), limit_(limit) {}
  using PrefixStore::wait;
  void wait(const std::vector<std::string>& keys, const milliseconds& timeout) override {
    PrefixStore::wait(keys, std::min(timeout, limit_));
  }

 private:
  milliseconds limit_;
};

}  // namespace

RankGroupPtr make_gloo(const RankPlace& place, const RankTimeouts& timeouts, const StorePtr& store) {
  using Gloo = c10d::ProcessGroupGloo;
  const auto options = Gloo::Options::create(group_limit(timeouts));
  const char* interface = std::getenv("GLOO_SOCKET_IFNAME");
  const std::string address = own_address(place);
  if (interface != nullptr && *interface != '\0') {
    options->devices.push_back(Gloo::createDeviceForInterface(interface));
  } else if (!address.empty()) {
    options->devices.push_back(Gloo::createDeviceForHostname(address));
  } else {
    options->devices.push_back(Gloo::createDefaultDevice());
  }
  return c10::make_intrusive<Gloo>(c10::make_intrusive<JoiningStore>(store, timeouts.join), place.rank, place.size,
                                   options);
}

#ifdef HITSCOPE_NCCL
RankGroupPtr make_nccl(const RankPlace& place, const RankTimeouts& timeouts, const StorePtr& store) {
  using Nccl = c10d::ProcessGroupNCCL;
  // Else it ends the process by itself where a rank is lost. LibTorch renamed the variable.
  setenv("NCCL_ASYNC_ERROR_HANDLING", "0", 0);
  setenv("TORCH_NCCL_ASYNC_ERROR_HANDLING", "0", 0);
  const auto options = Nccl::Options::create();
  options->timeout = group_limit(timeouts);
  return c10::make_intrusive<Nccl>(c10::make_intrusive<c10d::PrefixStore>("nccl", store), place.rank, place.size,
                                   options);
}
#else
RankGroupPtr make_nccl(const RankPlace&, const RankTimeouts&, const StorePtr&) {
  return {};
}
#endif

}  // namespace hitscope::models::neural::ranks
