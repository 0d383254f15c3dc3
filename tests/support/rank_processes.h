// Processes that run tests/support/rank_worker.cpp as ranks on loopback, and end with the object.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace hitscope::tests {

/// A port of loopback that is free now; another may take it before rank 0 does.
int free_port();

/// How a rank ended.
struct RankEnd {
  bool in_time = false;
  int exit_code = -1;  ///< -1: by a signal, or not yet
  int signal = 0;
  std::string said;  ///< on standard output and standard error
};

class RankProcesses {
 public:
  /// Starts ranks 0..n_started-1 of `size`, all in `role`, with words of its own. Where rank 0 finds its port taken,
  /// wait() starts all anew on another.
  RankProcesses(std::string role, int size, std::vector<std::string> words = {}, int n_started = -1);
  ~RankProcesses();
  RankProcesses(const RankProcesses&) = delete;
  RankProcesses& operator=(const RankProcesses&) = delete;

  /// By rank, once all but `not_awaited` have ended. Those that have not in `limit` are left as they are, until the
  /// object ends.
  std::vector<RankEnd> wait(std::chrono::seconds limit, int not_awaited = -1);

 private:
  void start();
  void end();
  std::vector<RankEnd> wait_once(std::chrono::seconds limit, int not_awaited);
  std::string log(int rank) const;

  std::string role_;
  int size_;
  std::vector<std::string> words_;
  int n_started_;
  std::string folder_;
  std::vector<pid_t> pids_;
};

}  // namespace hitscope::tests
