// Maintenance of fetch stores without the network: checks the journal and the bytes of every clip.
// Thread safety: one thread per store; the caller holds its FolderLock.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ingest/clip_store.h"
#include "ingest/fetch_journal.h"

namespace hitscope::apps::fetch {

/// Whether a folder is a store: it has a journal, intact or not.
bool has_journal(const std::filesystem::path& folder);
/// The shares in a folder, sorted: its folders share-I-of-N that are stores, or for which `is_wanted` is true.
std::vector<std::filesystem::path> shares_in(const std::filesystem::path& folder,
                                             bool (*is_wanted)(const std::filesystem::path&) = has_journal);

/// The failure of a record whose clip has this problem.
ingest::Failure damaged(const ingest::FetchRecord& record, const std::string& problem);

/// Hashes every clip of `store` again, on all cores. Clips that are missing or have other bytes become failures of kind
/// damaged, which the next fetch requests; a clip that cannot be read is left unchanged. Prints what it found; true if
/// all clips are intact. Throws DamagedDatabase for a journal that is not.
bool verify_store(const std::filesystem::path& store);

/// verify_store for a store, or for all shares in a folder, under their locks. Throws UsageError if there is no store.
bool verify_stores(const std::filesystem::path& folder);

/// To be called after a restart of the machine: clips that may not have reached the disk and are damaged become
/// failures of kind damaged, and unfinished bodies are dropped. `journal` then counts as written since the restart.
void recheck_after_restart(ingest::ClipStore& store, ingest::FetchJournal& journal);

}  // namespace hitscope::apps::fetch
