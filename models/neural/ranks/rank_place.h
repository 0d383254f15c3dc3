// Where a process stands among those that train one network together, and what it says when they cannot go on.
// Plain values: what starts the processes is read by apps, what joins them is Ranks.
#pragma once

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

namespace hitscope::models::neural::ranks {

struct RankPlace {
  int rank = 0;                ///< 0..size-1, of all processes
  int size = 1;                ///< processes that train together
  int local_rank = 0;          ///< 0..: of the processes on this machine, whose GPU it takes
  std::string master_address;  ///< name or address of the machine of rank 0
  int master_port = 0;         ///< 1..65535, on which rank 0 listens
  int local_size = 1;          ///< of the processes on this machine, which share its cores
};

struct RankTimeouts {
  std::chrono::milliseconds join = std::chrono::minutes(5);  ///< until all processes have come
  /// A process that has not shown a sign of life for so long is lost, though its connections stand: it is stopped, or
  /// its machine is gone. Signs of life come from a thread of their own, so a long computation is none of this.
  std::chrono::milliseconds silence = std::chrono::seconds(60);
  /// That one step may wait for processes which live but do not come, such as one that writes a large file.
  std::chrono::milliseconds step = std::chrono::minutes(30);
};

/// Another process of the training was lost or stopped: no collective will end any more.
class RankLost : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Ranks;
/// Ranks (ranks.h), for those who only hand it on. Throws as its constructor.
std::shared_ptr<Ranks> join_ranks(const RankPlace& place, const RankTimeouts& timeouts = {});
/// Whether any rank says so; all must ask, and get the same answer. Throws RankLost.
bool any_rank(Ranks& ranks, bool flag);
/// Tells the others why this rank cannot go on.
void stop_other_ranks(Ranks& ranks, const std::string& why) noexcept;

}  // namespace hitscope::models::neural::ranks
