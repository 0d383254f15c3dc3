// `hitscope fetch --dry-run`: says what a fetch would request, and which of its links have expired or will. Makes no
// requests and stores nothing.
// Thread safety: one call at a time.
#pragma once

#include <filesystem>

#include "apps/fetch/fetch_run.h"
#include "apps/shell/work_share.h"

namespace hitscope::apps::fetch {

/// Reads the whole catalogue, of which `first` has been read already, and prints the plan for the rows of `share`;
/// kStopped where Ctrl-C ended it.
shell::ExitCode print_plan(const FetchRunConfig& config, const shell::WorkShare& share,
                           const std::filesystem::path& store, ingest::tables::Catalogue catalogue,
                           ingest::tables::CatalogueRow first);

}  // namespace hitscope::apps::fetch
