// `hitscope fetch`: every row of a catalogue becomes a clip in the store, or a failure in its journal.
//
// The store: clips/ID.mp3 (the extension by the first bytes), journal.sqlite (state, one record per id), results.csv
// (one row per catalogue row, written at the end). A row that the journal has done is not requested again. Thread
// safety: one run per store; a second process is refused.
#pragma once

#include <filesystem>

#include "apps/pipeline/verb.h"
#include "ingest/catalogue.h"
#include "ingest/fetcher.h"

namespace hitscope::apps {

struct FetchRunConfig {
  std::filesystem::path catalogue;
  std::filesystem::path store;
  ingest::ColumnNames columns;
  ingest::FetchConfig fetch;
  bool retry_failed = false;  ///< request rows again whose record is a failure
};

/// Prints its summary on standard output. Throws UsageError for a catalogue that cannot be used.
ExitCode run_fetch(const FetchRunConfig& config);

}  // namespace hitscope::apps
