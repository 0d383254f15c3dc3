// The fetch journal: the outcome of every row of a catalogue, in an SQLite file beside the clips.
//
// There is one record per track id, written after its clip is in place, so kill -9 never leaves a record without its
// clip. Neither is synced to the disk at once (that would cost more than the download), so a power failure may lose
// clips whose records survive. The journal therefore stores the boot in which it was written and the last record up to
// which everything has been synced; clips of later records must be checked after a restart of the machine. A second
// journal object may read while one writes.
// Thread safety: one thread per FetchJournal.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "ingest/clip_store.h"
#include "ingest/failure.h"
#include "ingest/fetcher.h"
#include "ingest/sqlite.h"

namespace hitscope::ingest {

struct FetchRecord {
  std::string id;
  std::size_t row = 0;  ///< row in the catalogue of the run that wrote the record
  std::string url;      ///< URL that gave the result
  long http_status = 0;
  int n_attempts = 0;
  std::string etag;
  std::string last_modified;
  tl::expected<Clip, Failure> clip;
  bool is_foreign = false;  ///< the journal names a file that no store gives: it comes from elsewhere
};

class FetchJournal {
 public:
  static constexpr const char* kFileName = "journal.sqlite";
  static constexpr const char* kCopyName = "journal.copy.sqlite";  ///< as it was at the end of the last run

  /// Opens or creates the journal in `store`. Throws DatabaseError, also for a journal of another version.
  explicit FetchJournal(const std::filesystem::path& store, const char* file = kFileName);

  /// See Database::check.
  void check(bool whole) { database_.check(whole); }
  /// Replaces the file `name` in `store` by a copy of the journal as it is.
  void keep_copy(const std::filesystem::path& store, const char* name = kCopyName) { database_.copy_to(store / name); }

  std::optional<FetchRecord> find(const std::string& id);
  /// Calls `reads` in one read transaction: it sees one state of the journal, and each find() costs a third.
  void in_one_state(const std::function<void()>& reads);
  /// Sum of the sizes of all clips, equal ones once.
  std::size_t clip_bytes();
  /// Calls `visit` for all records, ordered by row and id. Records put by `visit` may or may not be included.
  void for_each(const std::function<void(const FetchRecord&)>& visit);

  /// Records and parts between begin() and commit() become visible, and survive a kill, at once.
  void begin();
  void commit();
  void put(const FetchRecord& record);
  /// Number of the last record put; 0 in an empty journal.
  std::int64_t last_number() const { return last_number_; }

  /// Stores the origin of a row's stored part.
  void put_part(const std::string& id, const BodyOrigin& origin);
  std::optional<BodyOrigin> find_part(const std::string& id);
  void drop_part(const std::string& id);
  std::vector<std::string> ids_of_parts();

  /// Whether the machine has been restarted since the last record.
  bool is_of_another_boot();
  /// The records after the last one that is known to be synced.
  std::vector<FetchRecord> unsynced();
  /// Marks all records as checked and the journal as written in this boot.
  void take_over_boot();
  /// Records that everything up to record `number` is synced.
  void set_synced(std::int64_t number);

 private:
  std::string setting(const std::string& name);
  void set_setting(const std::string& name, const std::string& value);

  Database database_;
  Statement find_;
  Statement put_;
  Statement find_part_;
  std::int64_t last_number_ = 0;
};

/// Copies the journal's write-ahead log into its main file and syncs it to the disk, without stopping a writer.
void checkpoint_journal(const std::filesystem::path& store);

}  // namespace hitscope::ingest
