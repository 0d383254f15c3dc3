// Writes the results of a fetch in a thread, so that the network need not wait for a disk or a hash: clips and parts go
// to the ClipStore, records to the FetchJournal, in the order in which they were handed over. Storing costs more than
// HTTP, so while the writer is behind, the calling thread stores whole clips itself.
//
// Whatever was handed over while one batch was written becomes the next batch: a record survives kill -9 after some
// milliseconds, and a busy writer commits rarely. Every few seconds another thread syncs everything to the disk.
// Thread safety: one calling thread; a store has one StoreWriter at a time (FolderLock).
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <variant>

#include "ingest/clip_store.h"
#include "ingest/fetch_journal.h"
#include "ingest/fetcher.h"

namespace hitscope::apps::fetch {

class StoreWriter {
 public:
  /// First checks clips that a power failure may have damaged, which become failures of kind damaged.
  explicit StoreWriter(std::filesystem::path store);
  /// Drops what has not been written; call drain() first.
  ~StoreWriter();
  StoreWriter(const StoreWriter&) = delete;
  StoreWriter& operator=(const StoreWriter&) = delete;

  /// The functions of FetchClient of these names. They wait while too many bytes are queued, and throw what writing
  /// threw.
  void piece(const std::string& id, const ingest::BodyOrigin& origin, std::size_t offset, std::string bytes);
  void done(ingest::FetchResult&& result);
  /// Waits until everything is recorded; throws what writing threw.
  void drain();

  /// The stored part of a body, for a row that is not being fetched.
  std::optional<ingest::BodyPart> part_of(const std::string& id, const ingest::BodyOrigin& origin) const;

 private:
  struct Piece {
    std::string id;
    ingest::BodyOrigin origin;
    std::size_t offset = 0;
    std::string bytes;
  };
  struct Result {
    ingest::FetchResult fetched;
    std::optional<ingest::Clip> clip;  // set if the calling thread has stored it
  };
  using Item = std::variant<Piece, Result>;

  void recheck();
  void post(Item item);
  void write_loop();
  void write_batch(std::deque<Item>& items);
  void write(Piece& piece);
  void write(Result& result);
  void drop_part(const std::string& id);
  /// Whether the row keeps the failure that it has: a host that cannot be reached now says nothing about the clip of
  /// which it has said something before.
  bool stays(const std::string& id, const ingest::FetchResult& result);
  bool is_behind();
  void sync_loop(const std::stop_token& stop);

  std::filesystem::path folder_;
  std::filesystem::path reserve_;    // a file whose removal makes room to record earlier results when the disk is full
  ingest::ClipStore store_;          // used by the writer
  ingest::ClipStore callers_store_;  // used by the caller while the writer is behind
  ingest::FetchJournal journal_;
  bool has_parts_ = false;
  std::atomic<std::int64_t> committed_{0};
  std::atomic<std::int64_t> synced_{0};
  std::int64_t recorded_sync_ = 0;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Item> queue_;
  std::size_t queued_bytes_ = 0;
  std::exception_ptr error_;
  bool busy_ = false;
  bool ending_ = false;
  std::jthread writer_;  // last: the threads use all of the above
  std::jthread syncer_;
};

}  // namespace hitscope::apps::fetch
