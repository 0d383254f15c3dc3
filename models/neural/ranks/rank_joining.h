// How ranks find each other: the store of rank 0, then the connections among all.
// Internal to models (includes LibTorch).
#pragma once

#include <c10/util/Exception.h>
#include <c10/util/intrusive_ptr.h>

#include <exception>
#include <string>
#include <torch/csrc/distributed/c10d/Store.hpp>

#include "models/neural/ranks/rank_place.h"

namespace hitscope::models::neural::ranks {

/// As long as it lives, a connection that the other end closed does not end the process by SIGPIPE: not in this thread,
/// and not in threads that are started meanwhile.
class NoSigpipe {
 public:
  NoSigpipe();
  ~NoSigpipe();
  NoSigpipe(const NoSigpipe&) = delete;
  NoSigpipe& operator=(const NoSigpipe&) = delete;

 private:
  bool was_blocked_ = false;
};

/// What an error says, without the stack that LibTorch adds.
std::string first_line(const std::exception& error);

/// Throws std::invalid_argument naming what cannot be.
void check_place(const RankPlace& place);

/// A connection to the store of rank 0, which runs in rank 0's process as long as the one it made with `serve` does.
/// Throws std::runtime_error naming address and port.
c10::intrusive_ptr<c10d::Store> connect_store(const RankPlace& place, std::chrono::milliseconds limit, bool serve);
/// Returns when all ranks have come. Throws std::runtime_error naming how many came within the limit.
void await_all(const RankPlace& place, c10d::Store& store, std::chrono::milliseconds limit);
/// The address of this machine from which it reaches rank 0; empty where that cannot be found out.
std::string own_address(const RankPlace& place);

}  // namespace hitscope::models::neural::ranks
