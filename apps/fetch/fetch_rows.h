// The rows of a catalogue, one after another: from the catalogue to the store and its results.csv.
// Thread safety: one call per store at a time; the caller holds its FolderLock.
#pragma once

#include <filesystem>

#include "apps/fetch/fetch_run.h"
#include "apps/shell/work_share.h"

namespace hitscope::apps::fetch {

/// Fetches the rows of `share`, of which `first` has been read already; with FetchRunConfig::verify or merge only
/// writes what the journal knows. Prints its summary on standard output. Throws std::exception where it cannot go on.
shell::ExitCode fetch_rows(const FetchRunConfig& config, const shell::WorkShare& share,
                           const std::filesystem::path& store, ingest::tables::Catalogue catalogue,
                           ingest::tables::CatalogueRow first);

}  // namespace hitscope::apps::fetch
