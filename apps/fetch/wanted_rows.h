// Says which rows of a catalogue a run asks for: those without a result, and those whose failure it tries again.
// Thread safety: one thread per object.
#pragma once

#include <filesystem>
#include <set>

#include "apps/fetch/fetch_run.h"
#include "ingest/clip_store.h"
#include "ingest/fetch_journal.h"

namespace hitscope::apps::fetch {

class WantedRows {
 public:
  /// `config` must outlive it. Makes the folders of the store where there are none.
  WantedRows(const FetchRunConfig& config, const std::filesystem::path& store);

  /// Whether the row's record of an earlier run stays: a clip that is still there under one of its URLs, or a failure
  /// of one of them that is not tried again.
  bool is_done(const ingest::FetchRecord& record, const ingest::tables::Track& track) const;

 private:
  const FetchRunConfig& config_;
  std::set<ingest::FailureKind> retried_;
  ingest::ClipStore clips_;  // to look only
};

}  // namespace hitscope::apps::fetch
