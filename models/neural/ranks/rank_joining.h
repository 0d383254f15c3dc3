// How ranks find each other: every rank connects to the store of rank 0 and waits until all have. Internal to models
// (includes LibTorch).
// Thread safety: free functions without shared state; a NoSigpipe is destroyed in the thread that made it.
#pragma once

#include <c10/util/Exception.h>
#include <c10/util/intrusive_ptr.h>

#include <exception>
#include <string>
#include <torch/csrc/distributed/c10d/Store.hpp>

#include "models/neural/ranks/rank_place.h"

namespace hitscope::models::neural::ranks {

/// Blocks SIGPIPE while it lives, so that a connection closed by the other end does not end the process: in this thread
/// and in threads started meanwhile.
class NoSigpipe {
 public:
  NoSigpipe();
  ~NoSigpipe();
  NoSigpipe(const NoSigpipe&) = delete;
  NoSigpipe& operator=(const NoSigpipe&) = delete;

 private:
  bool was_blocked_ = false;
};

/// The first line of an error's message, without the stack trace that LibTorch adds.
std::string first_line(const std::exception& error);

/// Throws std::invalid_argument naming the value and the rule for a place that is not valid.
void check_place(const RankPlace& place);

/// A connection to the store of rank 0. The store runs in rank 0's process and lives as long as the connection that was
/// made with `serve`. Throws std::runtime_error naming address and port, or that joining was stopped.
c10::intrusive_ptr<c10d::Store> connect_store(const RankPlace& place, const RankTimeouts& timeouts, bool serve);
/// Returns when all ranks have come. Throws std::runtime_error naming how many came within the limit, or that joining
/// was stopped.
void await_all(const RankPlace& place, c10d::Store& store, const RankTimeouts& timeouts);
/// Shows the others that this rank knows the secret and demands the same of them: HMAC-SHA256, by the secret, of random
/// numbers that all ranks have thrown. What follows on the connections is neither encrypted nor authenticated. Throws
/// std::runtime_error naming a rank that does not know it.
void prove_secret(const RankPlace& place, c10d::Store& store, const RankTimeouts& timeouts);
/// The address of this machine from which it reaches rank 0; empty where that cannot be found out.
std::string own_address(const RankPlace& place);

}  // namespace hitscope::models::neural::ranks
