// The fetch journal: what became of every row of a catalogue, in SQLite beside the clips.
//
// One record per track id; a clip's record is written after its file is durable, so a record of a clip can be trusted
// whatever moment the process was killed at.
// Thread safety: one thread per FetchJournal.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include <tl/expected.hpp>

#include "ingest/audio_type.h"
#include "ingest/failure.h"
#include "ingest/sqlite.h"

namespace hitscope::ingest {

/// Bytes on disk that begin as audio does.
struct Clip {
  std::string file;  ///< relative to the store's folder
  std::size_t n_bytes = 0;
  std::string sha256;      ///< hexadecimal
  std::string media_type;  ///< by the first bytes
};

struct FetchRecord {
  std::string id;
  std::size_t row = 0;  ///< in the catalogue of the run that wrote the record
  std::string url;
  long http_status = 0;
  int n_attempts = 0;
  tl::expected<Clip, Failure> clip;
};

class FetchJournal {
 public:
  static constexpr const char* kFileName = "journal.sqlite";

  /// Opens or creates the journal in `store`. Throws DatabaseError.
  explicit FetchJournal(const std::filesystem::path& store);

  std::optional<FetchRecord> find(const std::string& id);
  void put(const FetchRecord& record);
  /// All records, ordered by row and id.
  void for_each(const std::function<void(const FetchRecord&)>& visit);

 private:
  Database database_;
  Statement find_;
  Statement put_;
};

}  // namespace hitscope::ingest
