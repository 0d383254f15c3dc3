// A thread that reads a catalogue ahead, so that parsing, or waiting for standard input, holds nothing else up.
// Thread safety: made for one consumer.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

#include "ingest/catalogue.h"

namespace hitscope::apps {

class CatalogueReader {
 public:
  /// `first` is the row that has been read already.
  CatalogueReader(ingest::Catalogue catalogue, ingest::CatalogueRow first);
  /// Waits for the row in hand.
  ~CatalogueReader();
  CatalogueReader(const CatalogueReader&) = delete;
  CatalogueReader& operator=(const CatalogueReader&) = delete;

  /// The next row, for which it waits so long at most; nullopt where none came, or where the catalogue has ended.
  std::optional<ingest::CatalogueRow> next(std::chrono::milliseconds longest);
  bool ended() const { return ended_; }
  /// As Catalogue's: up to the row read last. Negative where unknown.
  double fraction_read() const { return fraction_read_; }

  /// For its header, roles and path; the rest is the thread's until the end.
  const ingest::Catalogue& catalogue() const { return catalogue_; }

 private:
  void loop();

  ingest::Catalogue catalogue_;
  std::atomic<double> fraction_read_{-1.0};
  bool ended_ = false;  // the consumer's
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<ingest::CatalogueRow> rows_;
  std::exception_ptr error_;
  bool all_read_ = false;
  bool ending_ = false;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace hitscope::apps
