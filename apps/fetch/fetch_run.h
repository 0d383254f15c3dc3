// `hitscope fetch`: every row of a catalogue becomes a clip in the store, or a failure in its journal.
//
// The store: clips/ (ClipStore), journal.sqlite (state, one record per id), results.csv and failures.csv (one line per
// catalogue row, written at the end). A row that the journal has done is not requested again. A share of many machines
// has a store of its own, share-0002-of-0008/ in the folder, which merge_stores joins. Thread safety: one run per
// store; a second process is refused.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "apps/shell/verb.h"
#include "ingest/fetcher.h"
#include "ingest/tables/catalogue.h"

namespace hitscope::apps::fetch {

struct FetchRunConfig {
  std::filesystem::path catalogue;  ///< "-": standard input; may be empty for verify
  std::filesystem::path store;
  ingest::tables::ColumnNames columns;
  ingest::tables::TableFormat format = ingest::tables::TableFormat::kAuto;
  ingest::FetchConfig fetch;
  std::string shard;                              ///< as work_share() takes it
  bool retry_failed = false;                      ///< request rows again whose record is a failure
  std::vector<std::string> retry_kinds;           ///< … of these kinds
  bool verify = false;                            ///< look at every clip's bytes; makes no requests
  bool merge = false;                             ///< join the stores of shares; makes no requests
  std::vector<std::filesystem::path> merge_from;  ///< these stores; empty: the shares in `store`
};

/// Prints its summary on standard output. Throws UsageError for a catalogue or options that cannot be used.
shell::ExitCode run_fetch(const FetchRunConfig& config);

}  // namespace hitscope::apps::fetch
