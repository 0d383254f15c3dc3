// Whether this process trains alone or as one of several: what torchrun, Slurm or mpirun left in the environment.
//
// Ranks must know where they meet, so nothing counts as such a launch without MASTER_ADDR and MASTER_PORT: a shell or a
// batch script inside an allocation of Slurm, which has a SLURM_PROCID of its own, trains alone as ever. Under Slurm
// and Open MPI these two are exported by the user (mpirun: -x MASTER_ADDR=… -x MASTER_PORT=…).
// Thread safety: a free function without shared state; it reads the environment.
#pragma once

#include <optional>

#include "apps/shell/environment.h"
#include "models/neural/ranks/rank_place.h"

namespace hitscope::apps::train {

/// The first of these that is there, with MASTER_ADDR and MASTER_PORT; nothing where none is, or it is of one process:
///   RANK, WORLD_SIZE, LOCAL_RANK                              torchrun, and whoever speaks as PyTorch does
///   SLURM_PROCID, SLURM_STEP_NUM_TASKS or SLURM_NTASKS, SLURM_LOCALID            srun
///   OMPI_COMM_WORLD_RANK, OMPI_COMM_WORLD_SIZE, OMPI_COMM_WORLD_LOCAL_RANK       mpirun of Open MPI
/// A missing local rank is 0. Where torchrun itself listens on MASTER_PORT (TORCHELASTIC_USE_AGENT_STORE is True), the
/// port is another that follows from it, in 10000..29999. Throws UsageError naming variable, value and rule where a
/// number is none or out of range, or a part is missing: RANK and WORLD_SIZE > 1 mean ranks even without the MASTER_s.
std::optional<models::neural::ranks::RankPlace> rank_place(
    const shell::Environment& environment = shell::process_environment());

}  // namespace hitscope::apps::train
