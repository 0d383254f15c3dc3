// What is done to a fetch store without the network: looking at every clip's bytes, and joining stores.
// Thread safety: one thread per store; the caller holds its FolderLock.
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

namespace hitscope::apps {

/// Hashes every clip of `store` again, on all cores. Those that are gone or have other bytes become failures of kind
/// damaged, which the next fetch requests. Prints what it found; returns how many there are.
std::size_t verify_store(const std::filesystem::path& store);

/// Takes the clips (by hard link where that can be) and records of other stores over into `store`; a clip stands before
/// a failure, and what `store` has stays. An empty `from` means the share-I-of-N folders in `store`. Prints what was
/// joined. Throws UsageError where there is nothing to join.
void merge_stores(const std::filesystem::path& store, std::vector<std::filesystem::path> from);

}  // namespace hitscope::apps
