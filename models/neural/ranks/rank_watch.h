// Watches the signs of life of all ranks: which one was lost, and why the others cannot go on.
//
// A thread of each rank increments a counter in the store of rank 0 twice a second. Rank 0 reads all counters; a rank
// whose counter does not change for too long is lost. The first reason that any rank gives (a lost rank, or its own
// failure) becomes that of all. A store that closes or does not answer means that rank 0 is lost. After a connection
// broke somewhere, a few seconds of silence are enough. Internal to models (includes LibTorch).
// Thread safety: any number of threads.
#pragma once

#include <c10/util/intrusive_ptr.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "models/neural/ranks/rank_place.h"

namespace c10d {
class Store;
}

namespace hitscope::models::neural::ranks {

class RankWatch {
 public:
  /// `store` must be a separate connection, because the watch's thread blocks it.
  RankWatch(const RankPlace& place, std::chrono::milliseconds silence, c10::intrusive_ptr<c10d::Store> store);
  /// Ends the thread; if it is waiting for a store that does not answer, which cannot be interrupted, detaches it.
  ~RankWatch();
  RankWatch(const RankWatch&) = delete;
  RankWatch& operator=(const RankWatch&) = delete;

  /// Why the training cannot go on; empty: it can.
  std::string trouble() const;
  /// For a caller whose connection broke: waits some seconds for the watch to find the reason; empty if it finds none.
  std::string verdict();
  /// Gives all ranks the reason, unless there is one already; waits up to 2 s until it has arrived.
  void tell(const std::string& reason);
  /// This rank is done: waits up to 10 s until all are.
  void leave();

 private:
  struct State;
  std::shared_ptr<State> state_;
  std::thread thread_;
};

}  // namespace hitscope::models::neural::ranks
