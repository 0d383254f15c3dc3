#include "apps/train/rank_place.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "apps/shell/verb.h"

namespace hitscope::apps::train {
namespace {

/// The names that one kind of launcher uses; of two sizes the first that is set.
struct Launcher {
  const char* rank;
  std::array<const char*, 2> sizes;
  const char* local_rank;
  const char* local_size;  ///< nullptr: the launcher gives every process cores of its own
  /// Whether rank and size > 1 are not found but where ranks are meant, so that a missing MASTER_ADDR is a mistake.
  bool means_ranks;
};

constexpr std::array<Launcher, 3> kLaunchers{{
    {"RANK", {"WORLD_SIZE", nullptr}, "LOCAL_RANK", "LOCAL_WORLD_SIZE", true},
    // In an interactive shell SLURM_NTASKS is the allocation's; the step's own number is what srun started.
    {"SLURM_PROCID", {"SLURM_STEP_NUM_TASKS", "SLURM_NTASKS"}, "SLURM_LOCALID", nullptr, false},
    {"OMPI_COMM_WORLD_RANK",
     {"OMPI_COMM_WORLD_SIZE", nullptr},
     "OMPI_COMM_WORLD_LOCAL_RANK",
     "OMPI_COMM_WORLD_LOCAL_SIZE",
     false},
}};

bool has(const shell::Environment& environment, const char* name) {
  return shell::environment_text(environment, name).has_value();
}

/// Not in use by torchrun, which listens on `port`, and below the ports that Linux gives to whoever asks for any.
int beside(int port) {
  constexpr int kFirst = 10000;
  constexpr int kCount = 20000;
  return kFirst + port % kCount;  // never `port` itself: 10000 more, or a multiple of it less
}

int master_port(const shell::Environment& environment) {
  const int port = shell::environment_number(environment, "MASTER_PORT").value();
  if (port < 1 || port > 65535) throw shell::UsageError(fmt::format("MASTER_PORT is {}; it must be 1..65535", port));
  return shell::environment_text(environment, "TORCHELASTIC_USE_AGENT_STORE") == "True" ? beside(port) : port;
}

std::optional<models::neural::ranks::RankPlace> place_by(const Launcher& launcher,
                                                         const shell::Environment& environment) {
  const bool has_address = has(environment, "MASTER_ADDR");
  const bool has_port = has(environment, "MASTER_PORT");
  if (!launcher.means_ranks && !has_address && !has_port) return std::nullopt;
  const char* size_name = launcher.sizes[0];
  if (launcher.sizes[1] != nullptr && !has(environment, size_name)) size_name = launcher.sizes[1];
  // Not read before: one name alone may be anybody's.
  if (!has(environment, launcher.rank) || !has(environment, size_name)) return std::nullopt;
  const auto rank = shell::environment_number(environment, launcher.rank);
  const auto size = shell::environment_number(environment, size_name);
  if (*size < 1) throw shell::UsageError(fmt::format("{} is {}; it must be 1 or more", size_name, *size));
  if (*rank < 0 || *rank >= *size) {
    throw shell::UsageError(
        fmt::format("{} is {}; it must be 0..{}, as {} is {}", launcher.rank, *rank, *size - 1, size_name, *size));
  }
  if (*size == 1) return std::nullopt;
  if (!has_address || !has_port) {
    throw shell::UsageError(fmt::format(
        "{} is {} and {} is {}, but {} is not set: ranks need the address (MASTER_ADDR) and a "
        "free port (MASTER_PORT) of the machine of rank 0; unset {} to train alone",
        launcher.rank, *rank, size_name, *size, has_address ? "MASTER_PORT" : "MASTER_ADDR", launcher.rank));
  }
  const int local_rank = shell::environment_number(environment, launcher.local_rank).value_or(0);
  if (local_rank < 0 || local_rank >= *size) {
    throw shell::UsageError(fmt::format("{} is {}; it must be 0..{}, as {} is {}", launcher.local_rank, local_rank,
                                        *size - 1, size_name, *size));
  }
  const int local_size =
      launcher.local_size == nullptr ? 1 : shell::environment_number(environment, launcher.local_size).value_or(1);
  return models::neural::ranks::RankPlace{*rank,
                                          *size,
                                          local_rank,
                                          *shell::environment_text(environment, "MASTER_ADDR"),
                                          master_port(environment),
                                          std::max(1, local_size),
                                          shell::environment_text(environment, "HITSCOPE_RANKS_SECRET").value_or("")};
}

/// WORLD_SIZE without RANK or the other way round, where nobody else says the rank.
void refuse_half(const shell::Environment& environment) {
  const bool has_master = has(environment, "MASTER_ADDR") || has(environment, "MASTER_PORT");
  if (!has_master) return;  // RANK alone is nobody's launch
  const auto size = shell::environment_number(environment, "WORLD_SIZE");
  if (size && *size > 1) {
    throw shell::UsageError(fmt::format("WORLD_SIZE is {}, but RANK is not set; it must be 0..{}", *size, *size - 1));
  }
  if (const auto rank = shell::environment_number(environment, "RANK"); rank && !size) {
    throw shell::UsageError(
        fmt::format("RANK is {}, but WORLD_SIZE is not set; it must be the number of ranks", *rank));
  }
}

}  // namespace

std::optional<models::neural::ranks::RankPlace> rank_place(const shell::Environment& environment) {
  for (const Launcher& launcher : kLaunchers) {
    if (auto place = place_by(launcher, environment)) return place;
    if (launcher.means_ranks && has(environment, launcher.rank) && has(environment, launcher.sizes[0])) {
      return std::nullopt;  // it says that there is one
    }
  }
  refuse_half(environment);
  return std::nullopt;
}

}  // namespace hitscope::apps::train
