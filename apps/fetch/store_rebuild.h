// Makes the journal of a fetch store anew: from its copy, results.csv and the clips.
// Thread safety: one thread per store; the caller holds its FolderLock.
#pragma once

#include <filesystem>
#include <string>

namespace hitscope::apps::fetch {

/// Makes another journal of what the copy of the journal (FetchJournal::kCopyName) and results.csv say, if they can be
/// read, and moves the old one to damaged/. Then verifies the store: a clip must be there
/// with its bytes. What the last run fetched and neither of the two knows is requested again by the next fetch. Prints
/// what it found; true if all clips are intact. Throws UsageError where there is neither copy nor results.csv.
bool rebuild_store(const std::filesystem::path& store);

/// rebuild_store for a store, or for all shares in a folder, under their locks.
bool rebuild_stores(const std::filesystem::path& folder);

/// Whether `store` has lost its journal (there is none, or an empty file) and can be rebuilt.
bool has_lost_journal(const std::filesystem::path& store);

/// Throws UsageError with rebuild_advice() where it has.
void refuse_lost_journal(const std::filesystem::path& store);

/// What is said of a damaged or lost journal and what to do, where `why` says what was found.
std::string rebuild_advice(const std::string& why);

}  // namespace hitscope::apps::fetch
