// The signs of life of ranks: who was lost, and why the others cannot go on.
//
// A thread of each rank counts up a number in the store of rank 0 twice a second. Rank 0 looks at all numbers; one that
// stands still for too long is a lost rank, and the first reason that anyone gives (that, or a rank's own) is
// everyone's. A store that closes or does not answer is a lost rank 0. Once a connection broke somewhere, a few seconds
// of silence are enough. Thread safe. Internal to models (includes LibTorch).
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
  /// `store` must be a connection of its own: what waits on it waits for its thread.
  RankWatch(const RankPlace& place, std::chrono::milliseconds silence, c10::intrusive_ptr<c10d::Store> store);
  /// Ends the thread; where the store does not answer, which nothing can interrupt, leaves it behind.
  ~RankWatch();
  RankWatch(const RankWatch&) = delete;
  RankWatch& operator=(const RankWatch&) = delete;

  /// Why the training cannot go on; empty: it can.
  std::string trouble() const;
  /// For one whose connection broke: waits some seconds for what the watch finds. Empty: nothing.
  std::string verdict();
  /// Gives everyone the reason, where there is none yet; waits up to 2 s until it has arrived.
  void tell(const std::string& reason);
  /// This rank is done: waits up to 10 s until all are.
  void leave();

 private:
  struct State;
  std::shared_ptr<State> state_;
  std::thread thread_;
};

}  // namespace hitscope::models::neural::ranks
