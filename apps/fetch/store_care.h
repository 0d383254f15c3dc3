// Maintenance of fetch stores without the network: checks the bytes of every clip, and joins stores.
// Thread safety: one thread per store; the caller holds its FolderLock.
#pragma once

#include <filesystem>
#include <vector>

#include "ingest/clip_store.h"
#include "ingest/fetch_journal.h"

namespace hitscope::apps::fetch {

/// Hashes every clip of `store` again, on all cores. Clips that are missing or have other bytes become failures of kind
/// damaged, which the next fetch requests; a clip that cannot be read is left unchanged. Prints what it found; true if
/// all clips are intact.
bool verify_store(const std::filesystem::path& store);

/// verify_store for a store, or for all shares in a folder, under their locks. Throws UsageError if there is no store.
bool verify_stores(const std::filesystem::path& folder);

/// Copies clips (by hard link if possible) and records of the stores `from` to `store`. Clips take precedence over
/// failures, and records of `store` over others. An empty `from` means the share-I-of-N folders in `store`. Prints what
/// was joined and which shares are missing. Throws UsageError if there is nothing to join.
void merge_stores(const std::filesystem::path& store, std::vector<std::filesystem::path> from);

/// To be called after a restart of the machine: clips that may not have reached the disk and are damaged become
/// failures of kind damaged, and unfinished bodies are dropped. `journal` then counts as written since the restart.
void recheck_after_restart(ingest::ClipStore& store, ingest::FetchJournal& journal);

}  // namespace hitscope::apps::fetch
