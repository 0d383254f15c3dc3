// The place of a process among those that train one network together, and the error for when they cannot go on. It does
// not read the environment (apps do) and does not connect the processes (Ranks does).
// Thread safety: plain values; the functions on Ranks are called from the one thread that uses it.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

namespace hitscope::models::neural::ranks {

struct RankPlace {
  int rank = 0;                ///< number of this process among all, 0..size-1
  int size = 1;                ///< number of processes that train together
  int local_rank = 0;          ///< number of this process on its machine, from 0: the GPU it uses
  std::string master_address;  ///< name or address of the machine of rank 0
  int master_port = 0;         ///< port on which rank 0 listens, 1..65535
  int local_size = 1;          ///< number of processes on this machine, which share its cores
  std::string secret{};        ///< what every process must know; empty: nothing need be known
};

struct RankTimeouts {
  std::chrono::milliseconds join = std::chrono::minutes(5);  ///< limit for all processes to join
  /// A process without a sign of life for this long counts as lost even if its connections are open: it is suspended,
  /// or its machine is gone. Signs of life come from a separate thread, so a long computation does not matter.
  std::chrono::milliseconds silence = std::chrono::seconds(60);
  /// Limit for one step to wait for processes that are alive but late, such as one that writes a large file.
  std::chrono::milliseconds step = std::chrono::minutes(30);
  const std::atomic<bool>* stop = nullptr;  ///< if set, joining ends as soon as it is true
};

/// Thrown when another process of the training was lost or stopped, after which no collective can complete.
class RankLost : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Ranks;
/// Makes a Ranks (ranks.h) for callers that do not include LibTorch. Throws as its constructor.
std::shared_ptr<Ranks> join_ranks(const RankPlace& place, const RankTimeouts& timeouts = {});
/// Whether `flag` is set on any rank; all ranks must call it and get the same answer. Throws RankLost.
bool any_rank(Ranks& ranks, bool flag);
/// Tells the other ranks why this one cannot go on.
void stop_other_ranks(Ranks& ranks, const std::string& why) noexcept;

}  // namespace hitscope::models::neural::ranks
