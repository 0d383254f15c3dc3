// A thread that reads a catalogue ahead, so that parsing, or waiting for standard input, holds nothing else up.
//
// It may be given up at any time: a thread that still waits for standard input then is left to the end of the process.
// Thread safety: made for one consumer.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "ingest/tables/catalogue.h"

namespace hitscope::apps::fetch {

class CatalogueReader {
 public:
  /// `first` is the row that has been read already.
  CatalogueReader(ingest::tables::Catalogue catalogue, ingest::tables::CatalogueRow first);
  ~CatalogueReader();
  CatalogueReader(const CatalogueReader&) = delete;
  CatalogueReader& operator=(const CatalogueReader&) = delete;

  /// The next row, for which it waits so long at most; nullopt where none came, or where the catalogue has ended.
  std::optional<ingest::tables::CatalogueRow> next(std::chrono::milliseconds longest);
  bool ended() const { return ended_; }
  /// Rows of the whole catalogue, guessed from how much of the file has been read; 0 where that cannot be known.
  std::size_t n_rows_guessed() const;

  /// For its header, roles and path; the rest is the thread's until the end.
  const ingest::tables::Catalogue& catalogue() const;

 private:
  struct State;
  std::shared_ptr<State> state_;  // the thread's, too
  bool ended_ = false;
};

}  // namespace hitscope::apps::fetch
