// What is done to a fetch store without the network: looking at every clip's bytes, and joining stores.
// Thread safety: one thread per store; the caller holds its FolderLock.
#pragma once

#include <filesystem>
#include <vector>

#include "ingest/clip_store.h"
#include "ingest/fetch_journal.h"

namespace hitscope::apps::fetch {

/// Hashes every clip of `store` again, on all cores. Those that are gone or have other bytes become failures of kind
/// damaged, which the next fetch requests; what cannot be read is left alone. Prints what it found; true where all is
/// sound.
bool verify_store(const std::filesystem::path& store);

/// The same, under their locks, for a store or for all shares in a folder. Throws UsageError where there is none.
bool verify_stores(const std::filesystem::path& folder);

/// Takes the clips (by hard link where that can be) and records of other stores over into `store`; a clip stands before
/// a failure, and what `store` has stays. An empty `from` means the share-I-of-N folders in `store`. Prints what was
/// joined and which shares are not there. Throws UsageError where there is nothing to join.
void merge_stores(const std::filesystem::path& store, std::vector<std::filesystem::path> from);

/// After a restart of the machine: clips that had not reached the disk before and are not sound become failures of kind
/// damaged, and unfinished bodies are dropped. From here on `journal` counts as written since the restart.
void recheck_after_restart(ingest::ClipStore& store, ingest::FetchJournal& journal);

}  // namespace hitscope::apps::fetch
