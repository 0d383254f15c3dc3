// Divides the rows of one list among many machines or processes: share i of N.
//
// A row belongs to a share by a stable hash of its id, so that shares need not communicate and a longer list leaves old
// rows in their shares. Each share writes its own folder.
// Thread safety: free functions without shared state; they read the environment.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace hitscope::apps::shell {

inline constexpr int kMostShares = 100000;

struct WorkShare {
  int index = 0;       ///< number of this share, 0..count-1
  int count = 1;       ///< number of shares; 1: this process has all rows
  std::string origin;  ///< option or variable that gave the share: "--shard", "SLURM_ARRAY_TASK_ID"

  bool holds(const std::string& id) const;
  /// The share's folder in `whole`: `whole` itself for a single share, else share-0003-of-0008 in it.
  std::filesystem::path folder(const std::filesystem::path& whole) const;
};

/// The share that `flag` gives, "i/N" with 0 <= i < N. If it is empty, the environment decides: that of a Slurm array
/// (SLURM_ARRAY_TASK_ID, _MIN, _STEP, _COUNT), Open MPI (OMPI_COMM_WORLD_RANK, _SIZE), a Kubernetes indexed job
/// (JOB_COMPLETION_INDEX, and JOB_COMPLETIONS, which the user sets) or torchrun (RANK, WORLD_SIZE), in this order.
/// Throws UsageError naming the value and rule.
WorkShare work_share(const std::string& flag);

/// The folders of the shares in `whole`, in order; empty if there are none. Throws UsageError if one of them is
/// missing.
std::vector<std::filesystem::path> share_folders(const std::filesystem::path& whole);

}  // namespace hitscope::apps::shell
