// The fetch journal: what became of every row of a catalogue, in SQLite beside the clips.
//
// One record per track id, written after its clip is in place: kill -9 at any moment leaves no record of what is not
// there. Neither is forced to the disk at once (that would cost more than the download), so a power failure may take
// clips whose records survive. The journal therefore keeps the boot in which it was written and up to which record
// everything has been synced; what came after is to be looked at when the machine has been started anew.
// A second journal object may read while one writes. Thread safety: one thread per FetchJournal.
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
  std::size_t row = 0;  ///< in the catalogue of the run that wrote the record
  std::string url;      ///< that decided
  long http_status = 0;
  int n_attempts = 0;
  std::string etag;
  std::string last_modified;
  tl::expected<Clip, Failure> clip;
};

class FetchJournal {
 public:
  static constexpr const char* kFileName = "journal.sqlite";

  /// Opens or creates the journal in `store`. Throws DatabaseError, also for a journal of another version.
  explicit FetchJournal(const std::filesystem::path& store);

  std::optional<FetchRecord> find(const std::string& id);
  /// All of `reads` sees one state of the journal: many find() in a row cost a third of what they do one by one.
  void in_one_state(const std::function<void()>& reads);
  /// All records, ordered by row and id. What `visit` puts meanwhile may or may not be seen.
  void for_each(const std::function<void(const FetchRecord&)>& visit);

  /// Records and parts between begin() and commit() become visible, and survive a kill, at once.
  void begin();
  void commit();
  void put(const FetchRecord& record);
  /// Number of the last record put; 0 in an empty journal.
  std::int64_t last_number() const { return last_number_; }

  /// Where the stored part of a row's body came from.
  void put_part(const std::string& id, const BodyOrigin& origin);
  std::optional<BodyOrigin> find_part(const std::string& id);
  void drop_part(const std::string& id);
  std::vector<std::string> ids_of_parts();

  /// True where the machine has been started since the last record.
  bool is_of_another_boot();
  /// Records after the last that is known to be on the disk.
  std::vector<FetchRecord> unsynced();
  /// From now on records count as written in this boot, and those there are as looked at.
  void take_over_boot();
  /// Everything up to record `number` is on the disk.
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

/// Copies what has been written to a journal into its main file, and forces that to the disk, without stopping a
/// writer.
void checkpoint_journal(const std::filesystem::path& store);

}  // namespace hitscope::ingest
