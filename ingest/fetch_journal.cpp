#include "ingest/fetch_journal.h"

namespace hitscope::ingest {
namespace {

constexpr const char* kSchema = R"(
  CREATE TABLE IF NOT EXISTS fetches(
    id TEXT PRIMARY KEY, row INTEGER NOT NULL, url TEXT NOT NULL, status TEXT NOT NULL, http_status INTEGER NOT NULL,
    attempts INTEGER NOT NULL, file TEXT NOT NULL, bytes INTEGER NOT NULL, sha256 TEXT NOT NULL,
    media_type TEXT NOT NULL, kind TEXT NOT NULL, detail TEXT NOT NULL, finished_at TEXT NOT NULL) WITHOUT ROWID;)";
constexpr const char* kColumns =
    "id, row, url, status, http_status, attempts, file, bytes, sha256, media_type, kind, detail";

Database open(const std::filesystem::path& store) {
  std::filesystem::create_directories(store);
  Database database(store / FetchJournal::kFileName);
  database.execute(kSchema);
  return database;
}

FetchRecord record_of(const Statement& s) {
  FetchRecord record{s.text(0),
                     static_cast<std::size_t>(s.integer(1)),
                     s.text(2),
                     static_cast<long>(s.integer(4)),
                     static_cast<int>(s.integer(5)),
                     Clip{}};
  if (s.text(3) == "ok") {
    record.clip = Clip{s.text(6), static_cast<std::size_t>(s.integer(7)), s.text(8), s.text(9)};
  } else {
    const auto kind = failure_kind_from(s.text(10)).value_or(FailureKind::kNetwork);
    record.clip = tl::make_unexpected(Failure{Stage::kFetch, kind, s.text(11)});
  }
  return record;
}

}  // namespace

FetchJournal::FetchJournal(const std::filesystem::path& store)
    : database_(open(store)),
      find_(database_.prepare(std::string("SELECT ") + kColumns + " FROM fetches WHERE id = ?1")),
      put_(database_.prepare(std::string("INSERT OR REPLACE INTO fetches(") + kColumns +
                             ", finished_at) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,"
                             "strftime('%Y-%m-%dT%H:%M:%fZ','now'))")) {}

std::optional<FetchRecord> FetchJournal::find(const std::string& id) {
  find_.bind(std::string_view(id));
  std::optional<FetchRecord> record;
  if (find_.step()) record = record_of(find_);
  find_.reset();
  return record;
}

void FetchJournal::put(const FetchRecord& record) {
  const Clip clip = record.clip ? *record.clip : Clip{};
  const Failure failure = record.clip ? Failure{} : record.clip.error();
  const auto integer = [](auto value) { return static_cast<std::int64_t>(value); };
  using View = std::string_view;
  put_.bind(View(record.id), integer(record.row), View(record.url), View(record.clip ? "ok" : "failed"),
            integer(record.http_status), integer(record.n_attempts), View(clip.file), integer(clip.n_bytes),
            View(clip.sha256), View(clip.media_type), record.clip ? View() : to_string(failure.kind),
            View(failure.detail))
      .run();
}

void FetchJournal::for_each(const std::function<void(const FetchRecord&)>& visit) {
  Statement all = database_.prepare(std::string("SELECT ") + kColumns + " FROM fetches ORDER BY row, id");
  while (all.step()) visit(record_of(all));
}

}  // namespace hitscope::ingest
