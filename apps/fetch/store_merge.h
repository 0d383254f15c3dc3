// Joins fetch stores, as the shares of several machines.
// Thread safety: one thread per store; the caller holds its FolderLock.
#pragma once

#include <filesystem>
#include <vector>

namespace hitscope::apps::fetch {

/// Copies clips (by hard link if possible) and records of the stores `from` to `store`. Clips take precedence over
/// failures, and records of `store` over others. An empty `from` means the share-I-of-N folders in `store`. Nothing is
/// written in `from`. Prints what was joined and which shares are missing. Throws UsageError if there is nothing to
/// join, DamagedDatabase for a damaged journal.
void merge_stores(const std::filesystem::path& store, std::vector<std::filesystem::path> from);

}  // namespace hitscope::apps::fetch
