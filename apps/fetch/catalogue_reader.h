// Reads a catalogue ahead in a thread, so that parsing it, or waiting for standard input, does not delay the fetch.
//
// It may be destroyed at any time; a thread that is then waiting for standard input is detached.
// Thread safety: one consuming thread.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "ingest/tables/catalogue.h"

namespace hitscope::apps::fetch {

class CatalogueReader {
 public:
  /// `first` is the row that has already been read.
  CatalogueReader(ingest::tables::Catalogue catalogue, ingest::tables::CatalogueRow first);
  ~CatalogueReader();
  CatalogueReader(const CatalogueReader&) = delete;
  CatalogueReader& operator=(const CatalogueReader&) = delete;

  /// The next row, after waiting for at most `longest`; nullopt if none came or the catalogue has ended.
  std::optional<ingest::tables::CatalogueRow> next(std::chrono::milliseconds longest);
  bool ended() const { return ended_; }
  /// An estimate of the rows of the whole catalogue from the share of the file that has been read; 0 if it is unknown.
  std::size_t n_rows_guessed() const;

  /// The catalogue, for its header, roles and path only: the thread uses the rest until the end.
  const ingest::tables::Catalogue& catalogue() const;

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with the thread
  bool ended_ = false;
};

}  // namespace hitscope::apps::fetch
