// Whether this process trains alone or as one of several, from the variables that torchrun, Slurm or mpirun set.
//
// Ranks need an address at which to meet, so without MASTER_ADDR and MASTER_PORT a process trains alone, as in a shell
// or batch script inside a Slurm allocation, which has a SLURM_PROCID too. Under Slurm and Open MPI these two are
// exported by the user (mpirun: -x MASTER_ADDR=… -x MASTER_PORT=…).
// Thread safety: a free function without shared state; it reads the environment.
#pragma once

#include <optional>

#include "apps/shell/environment.h"
#include "models/neural/ranks/rank_place.h"

namespace hitscope::apps::train {

/// The place given by the first of these sets of variables, with MASTER_ADDR and MASTER_PORT; nullopt without such a
/// set or for a single process:
///   RANK, WORLD_SIZE, LOCAL_RANK                              torchrun, and whoever speaks as PyTorch does
///   SLURM_PROCID, SLURM_STEP_NUM_TASKS or SLURM_NTASKS, SLURM_LOCALID            srun
///   OMPI_COMM_WORLD_RANK, OMPI_COMM_WORLD_SIZE, OMPI_COMM_WORLD_LOCAL_RANK       mpirun of Open MPI
/// A missing local rank is 0. If torchrun itself listens on MASTER_PORT (TORCHELASTIC_USE_AGENT_STORE is True), a port
/// in 10000..29999 is derived from it. Throws UsageError naming variable, value and rule for a value that is not a
/// number or out of range and for a missing variable; RANK and WORLD_SIZE > 1 mean ranks even without MASTER_ADDR and
/// MASTER_PORT.
std::optional<models::neural::ranks::RankPlace> rank_place(
    const shell::Environment& environment = shell::process_environment());

}  // namespace hitscope::apps::train
