// Which part of the rows is ours when many machines or processes share one list: share i of N.
//
// A row belongs to a share by a stable hash of its id, so that shares need not talk to each other and a longer list
// leaves old rows where they were. Each share writes a folder of its own.
// Thread safety: free functions without shared state; they read the environment.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace hitscope::apps::shell {

struct WorkShare {
  int index = 0;       ///< 0..count-1
  int count = 1;       ///< 1: everything
  std::string origin;  ///< who said so, e.g. "--shard" or "SLURM_ARRAY_TASK_ID"

  bool holds(const std::string& id) const;
  /// FOLDER itself for a single share, else FOLDER/share-0003-of-0008.
  std::filesystem::path folder(const std::filesystem::path& whole) const;
};

/// `flag` is "i/N" with 0 <= i < N, or empty: then the environment of a Slurm array (SLURM_ARRAY_TASK_ID, _MIN, _STEP,
/// _COUNT), Open MPI (OMPI_COMM_WORLD_RANK, _SIZE), a Kubernetes indexed job (JOB_COMPLETION_INDEX and, set by you,
/// JOB_COMPLETIONS) or torchrun (RANK, WORLD_SIZE) decides, in this order. Throws UsageError naming the value and rule.
WorkShare work_share(const std::string& flag);

/// The folders of the shares in `whole`, in order; empty where it has none. Throws UsageError where one is missing.
std::vector<std::filesystem::path> share_folders(const std::filesystem::path& whole);

}  // namespace hitscope::apps::shell
