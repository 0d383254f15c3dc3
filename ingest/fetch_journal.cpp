#include "ingest/fetch_journal.h"

#include <fstream>

#include "ingest/url.h"

namespace hitscope::ingest {
namespace {

constexpr int kVersion = 3;
constexpr const char* kSchema = R"(
  CREATE TABLE IF NOT EXISTS fetches(
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, row INTEGER NOT NULL, url TEXT NOT NULL, status TEXT NOT NULL,
    http_status INTEGER NOT NULL, attempts INTEGER NOT NULL, file TEXT NOT NULL, bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL, media_type TEXT NOT NULL, etag TEXT NOT NULL, last_modified TEXT NOT NULL, kind TEXT NOT NULL,
    detail TEXT NOT NULL, finished_at TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS parts(
    id TEXT PRIMARY KEY, url TEXT NOT NULL, etag TEXT NOT NULL, last_modified TEXT NOT NULL, validator TEXT NOT NULL,
    bytes INTEGER NOT NULL, host TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS settings(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;)";
constexpr const char* kColumns =
    "id, row, url, status, http_status, attempts, file, bytes, sha256, media_type, etag, last_modified, kind, detail";

Database open(const std::filesystem::path& store, const char* file) {
  std::filesystem::create_directories(store);
  Database database(store / file);
  Statement version =
      database.prepare("SELECT (SELECT user_version FROM pragma_user_version), count(*) FROM sqlite_schema");
  version.step();
  if (version.integer(0) == 2) {
    version.reset();
    database.execute(
        "BEGIN IMMEDIATE; ALTER TABLE parts ADD COLUMN host TEXT NOT NULL DEFAULT ''; PRAGMA user_version=3; COMMIT;");
    version.step();
  }
  if (version.integer(0) != kVersion && version.integer(1) != 0) {
    throw DatabaseError((store / file).string() + ": has format version " + std::to_string(version.integer(0)) +
                        "; this hitscope reads version " + std::to_string(kVersion) + "; fetch into a new folder");
  }
  const bool is_new = version.integer(0) != kVersion;
  version.reset();
  if (is_new) {
    database.execute("BEGIN IMMEDIATE;" + std::string(kSchema) + "PRAGMA user_version=" + std::to_string(kVersion) +
                     "; COMMIT;");
  }
  // A checkpoint syncs, so another thread makes them (checkpoint_journal); but it never quite catches up with a busy
  // writer, who finishes the job here when the log has grown to 64 MB, that it may begin anew.
  database.execute("PRAGMA wal_autocheckpoint=16384; PRAGMA cache_size=-32768;");
  return database;
}

FetchRecord record_of(const Statement& s) {
  FetchRecord record{s.text(0),
                     static_cast<std::size_t>(s.integer(1)),
                     s.text(2),
                     static_cast<long>(s.integer(4)),
                     static_cast<int>(s.integer(5)),
                     s.text(10),
                     s.text(11),
                     Clip{}};
  if (s.text(3) == "ok") {
    record.clip = Clip{s.text(6), static_cast<std::size_t>(s.integer(7)), s.text(8), s.text(9)};
    record.is_foreign = !is_clip_name(record.clip->file, record.clip->sha256);
    if (record.is_foreign) {
      record.clip =
          tl::make_unexpected(Failure{Stage::kFetch, FailureKind::kDamaged,
                                      "id '" + record.id + "': the journal names the file '" + record.clip->file +
                                          "', which is no name that fetch gives; it was left alone"});
    }
  } else {
    const auto kind = dsp::value_named<FailureKind>(s.text(12)).value_or(FailureKind::kNetwork);
    record.clip = tl::make_unexpected(Failure{Stage::kFetch, kind, s.text(13)});
  }
  return record;
}

std::string boot_id() {
  std::string id;
  std::getline(std::ifstream("/proc/sys/kernel/random/boot_id"), id);
  return id;
}

}  // namespace

FetchJournal::FetchJournal(const std::filesystem::path& store, const char* file)
    : database_(open(store, file)),
      find_(database_.prepare(std::string("SELECT ") + kColumns + " FROM fetches WHERE id = ?1")),
      put_(database_.prepare(std::string("INSERT OR REPLACE INTO fetches(") + kColumns +
                             ", number, finished_at) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,"
                             "strftime('%Y-%m-%dT%H:%M:%fZ','now'))")),
      find_part_(
          database_.prepare("SELECT url, host, etag, last_modified, validator, bytes FROM parts WHERE id = ?1")) {
  Statement last = database_.prepare("SELECT coalesce(max(number), 0) FROM fetches");
  last.step();
  last_number_ = last.integer(0);
}

std::optional<FetchRecord> FetchJournal::find(const std::string& id) {
  find_.bind(std::string_view(id));
  std::optional<FetchRecord> record;
  if (find_.step()) record = record_of(find_);
  find_.reset();
  return record;
}

void FetchJournal::in_one_state(const std::function<void()>& reads) {
  database_.execute("BEGIN");
  try {
    reads();
  } catch (...) {
    database_.execute("COMMIT");
    throw;
  }
  database_.execute("COMMIT");
}

std::size_t FetchJournal::clip_bytes() {
  Statement sum = database_.prepare(
      "SELECT coalesce(sum(bytes), 0) FROM (SELECT DISTINCT sha256, bytes FROM fetches WHERE status = 'ok' AND bytes > "
      "0)");
  sum.step();
  return static_cast<std::size_t>(sum.integer(0));
}

void FetchJournal::for_each(const std::function<void(const FetchRecord&)>& visit) {
  Statement all = database_.prepare(std::string("SELECT ") + kColumns + " FROM fetches ORDER BY row, id");
  while (all.step()) visit(record_of(all));
}

void FetchJournal::begin() {
  database_.execute("BEGIN IMMEDIATE");
}

void FetchJournal::commit() {
  database_.execute("COMMIT");
}

void FetchJournal::put(const FetchRecord& record) {
  const Clip clip = record.clip ? *record.clip : Clip{};
  const Failure failure = record.clip ? Failure{} : record.clip.error();
  const auto integer = [](auto value) { return static_cast<std::int64_t>(value); };
  using View = std::string_view;
  put_.bind(View(record.id), integer(record.row), View(record.url), View(record.clip ? "ok" : "failed"),
            integer(record.http_status), integer(record.n_attempts), View(clip.file), integer(clip.n_bytes),
            View(clip.sha256), View(clip.media_type), View(record.etag), View(record.last_modified),
            record.clip ? View() : to_string(failure.kind), View(failure.detail), ++last_number_)
      .run();
}

void FetchJournal::put_part(const std::string& id, const BodyOrigin& origin) {
  using View = std::string_view;
  const std::string url = without_password(origin.url);
  database_
      .prepare(
          "INSERT OR REPLACE INTO parts(id, url, host, etag, last_modified, validator, bytes) "
          "VALUES(?1,?2,?3,?4,?5,?6,?7)")
      .bind(View(id), View(url), View(origin.host), View(origin.etag), View(origin.last_modified),
            View(origin.validator), static_cast<std::int64_t>(origin.n_bytes))
      .run();
}

std::optional<BodyOrigin> FetchJournal::find_part(const std::string& id) {
  find_part_.bind(std::string_view(id));
  std::optional<BodyOrigin> origin;
  if (find_part_.step()) {
    origin = BodyOrigin{find_part_.text(0), find_part_.text(1), find_part_.text(2),
                        find_part_.text(3), find_part_.text(4), static_cast<std::size_t>(find_part_.integer(5))};
  }
  find_part_.reset();
  return origin;
}

void FetchJournal::drop_part(const std::string& id) {
  database_.prepare("DELETE FROM parts WHERE id = ?1").bind(std::string_view(id)).run();
}

std::vector<std::string> FetchJournal::ids_of_parts() {
  std::vector<std::string> ids;
  Statement all = database_.prepare("SELECT id FROM parts ORDER BY id");
  while (all.step()) ids.push_back(all.text(0));
  return ids;
}

bool FetchJournal::is_of_another_boot() {
  const std::string boot = setting("boot");
  return !boot.empty() && boot != boot_id();
}

std::vector<FetchRecord> FetchJournal::unsynced() {
  const std::string synced = setting("synced");
  Statement rest = database_.prepare(std::string("SELECT ") + kColumns +
                                     " FROM fetches WHERE number > CAST(?1 AS INTEGER) ORDER BY number");
  rest.bind(std::string_view(synced.empty() ? "0" : synced));
  std::vector<FetchRecord> records;
  while (rest.step()) records.push_back(record_of(rest));
  return records;
}

void FetchJournal::take_over_boot() {
  if (is_of_another_boot()) set_synced(last_number_);
  set_setting("boot", boot_id());
}

void FetchJournal::set_synced(std::int64_t number) {
  set_setting("synced", std::to_string(number));
}

std::string FetchJournal::setting(const std::string& name) {
  Statement get = database_.prepare("SELECT value FROM settings WHERE name = ?1");
  get.bind(std::string_view(name));
  return get.step() ? get.text(0) : "";
}

void FetchJournal::set_setting(const std::string& name, const std::string& value) {
  database_.prepare("INSERT OR REPLACE INTO settings(name, value) VALUES(?1, ?2)")
      .bind(std::string_view(name), std::string_view(value))
      .run();
}

void checkpoint_journal(const std::filesystem::path& store) {
  Database(store / FetchJournal::kFileName).execute("PRAGMA wal_checkpoint(PASSIVE)");
}

}  // namespace hitscope::ingest
