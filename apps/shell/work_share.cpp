#include "apps/shell/work_share.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>

#include "apps/shell/environment.h"
#include "apps/shell/verb.h"
#include "ingest/content_hash.h"

namespace hitscope::apps::shell {
namespace {

std::optional<int> environment(const char* name) {
  return environment_number(process_environment(), name);
}

WorkShare checked(int index, int count, const std::string& origin) {
  if (count < 1 || count > kMostShares || index < 0 || index >= count) {
    throw UsageError(fmt::format("{} gives share {} of {}; it must be I/N with 0 <= I < N <= {} (0/1 is everything)",
                                 origin, index, count, kMostShares));
  }
  return {index, count, origin};
}

}  // namespace

bool WorkShare::holds(const std::string& id) const {
  if (count == 1) return true;
  const std::uint64_t hash = ingest::xxh3_64(std::as_bytes(std::span(id)));
  return hash % static_cast<std::uint64_t>(count) == static_cast<std::uint64_t>(index);
}

std::filesystem::path WorkShare::folder(const std::filesystem::path& whole) const {
  return count == 1 ? whole : whole / fmt::format("share-{:04}-of-{:04}", index, count);
}

WorkShare work_share(const std::string& flag) {
  if (!flag.empty()) {
    const std::size_t slash = flag.find('/');
    const auto index = whole_number(std::string_view(flag).substr(0, slash));
    const auto count =
        slash == std::string::npos ? std::nullopt : whole_number(std::string_view(flag).substr(slash + 1));
    if (!index || !count)
      throw UsageError("--shard is '" + flag + "'; it must be I/N, e.g. 0/4 for the first of four shares");
    return checked(*index, *count, "--shard");
  }
  if (const auto task = environment("SLURM_ARRAY_TASK_ID")) {
    const int step = std::max(1, environment("SLURM_ARRAY_TASK_STEP").value_or(1));
    const int first = environment("SLURM_ARRAY_TASK_MIN").value_or(0);
    return checked((*task - first) / step, environment("SLURM_ARRAY_TASK_COUNT").value_or(1), "SLURM_ARRAY_TASK_ID");
  }
  if (const auto rank = environment("OMPI_COMM_WORLD_RANK")) {
    return checked(*rank, environment("OMPI_COMM_WORLD_SIZE").value_or(1), "OMPI_COMM_WORLD_RANK");
  }
  if (const auto completion = environment("JOB_COMPLETION_INDEX")) {
    const auto count = environment("JOB_COMPLETIONS");
    if (!count) {
      throw UsageError(
          "JOB_COMPLETION_INDEX is set but JOB_COMPLETIONS is not; set it to the number of completions of the job, or "
          "give --shard I/N (0/1 is everything)");
    }
    return checked(*completion, *count, "JOB_COMPLETION_INDEX");
  }
  if (const auto rank = environment("RANK")) {
    if (const auto count = environment("WORLD_SIZE")) return checked(*rank, *count, "RANK");
  }
  return {};
}

std::vector<std::filesystem::path> share_folders(const std::filesystem::path& whole) {
  std::vector<std::filesystem::path> folders;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(whole, error)) {
    if (!entry.path().filename().string().starts_with("share-")) continue;
    if (entry.is_symlink()) {
      throw UsageError(entry.path().string() + ": is a symbolic link, which is not followed; move the share here");
    }
    if (entry.is_directory()) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  if (folders.empty()) return folders;
  const std::string last = folders.back().filename().string();
  const std::size_t of = last.find("-of-");
  const auto count = of == std::string::npos ? std::nullopt : whole_number(std::string_view(last).substr(of + 4));
  if (!count || *count < 1 || *count > kMostShares)
    throw UsageError(folders.back().string() +
                     ": is not named share-I-of-N, e.g. share-0001-of-0004; rename it or move it away");
  for (int i = 0; i < *count; ++i) {
    const std::filesystem::path expected = WorkShare{i, *count, ""}.folder(whole);
    if (static_cast<std::size_t>(i) >= folders.size() || folders[i] != expected) {
      throw UsageError(fmt::format("{}: share {} of {} is missing; render it, or move shares of another N away",
                                   expected.string(), i, *count));
    }
  }
  return folders;
}

}  // namespace hitscope::apps::shell
