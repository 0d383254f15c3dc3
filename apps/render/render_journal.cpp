#include "apps/render/render_journal.h"

#include <sys/stat.h>

#include <unordered_map>

namespace hitscope::apps::render {
namespace {

constexpr const char* kSchema = R"(
  CREATE TABLE IF NOT EXISTS rows(
    ordinal INTEGER PRIMARY KEY, id TEXT NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL, limits TEXT NOT NULL, shard INTEGER NOT NULL,
    slot INTEGER NOT NULL, superseded INTEGER NOT NULL DEFAULT 0, status TEXT NOT NULL DEFAULT 'pending',
    xxh128 TEXT NOT NULL DEFAULT '', duration_s REAL NOT NULL DEFAULT 0, sample_rate INTEGER NOT NULL DEFAULT 0,
    channels INTEGER NOT NULL DEFAULT 0, media_type TEXT NOT NULL DEFAULT '', checksum INTEGER NOT NULL DEFAULT 0,
    stage TEXT NOT NULL DEFAULT '', kind TEXT NOT NULL DEFAULT '', detail TEXT NOT NULL DEFAULT '');
  CREATE UNIQUE INDEX IF NOT EXISTS current ON rows(id) WHERE superseded = 0;
  CREATE UNIQUE INDEX IF NOT EXISTS places ON rows(shard, slot);)";
constexpr const char* kSelect =
    "SELECT ordinal, id, name, shard, slot, superseded, status, xxh128, duration_s, sample_rate, channels, media_type, "
    "checksum, stage, kind, detail FROM rows ";

ingest::Database open(const std::filesystem::path& folder) {
  ingest::Database database(folder / RenderJournal::kFileName);
  database.execute(kSchema);
  return database;
}

/// Changes whenever the clip does: its size and modification time, or the failure it comes with.
std::string version_of(const clips::ClipSource& source) {
  if (source.failure) return "failed: " + source.failure->detail;
  struct stat info {};
  if (::stat(source.path.c_str(), &info) != 0) return "missing";
  return std::to_string(info.st_size) + " " + std::to_string(info.st_mtim.tv_sec) + "." +
         std::to_string(info.st_mtim.tv_nsec);
}

RenderRow row_of(const ingest::Statement& s) {
  RenderRow row{s.integer(0),      s.text(1),     s.text(2), s.integer(3), static_cast<int>(s.integer(4)),
                s.integer(5) != 0, RenderedClip{}};
  if (s.text(6) == "ok") {
    row.clip = RenderedClip{s.text(7),
                            s.real(8),
                            static_cast<int>(s.integer(9)),
                            static_cast<int>(s.integer(10)),
                            s.text(11),
                            static_cast<std::uint64_t>(s.integer(12))};
  } else {
    const auto stage = dsp::value_named<ingest::Stage>(s.text(13)).value_or(ingest::Stage::kRender);
    const auto kind = dsp::value_named<ingest::FailureKind>(s.text(14)).value_or(ingest::FailureKind::kUndecodable);
    row.clip = tl::make_unexpected(ingest::Failure{stage, kind, s.text(15)});
  }
  return row;
}

}  // namespace

RenderJournal::RenderJournal(const std::filesystem::path& folder)
    : database_(open(folder)),
      put_(database_.prepare("UPDATE rows SET status=?2, xxh128=?3, duration_s=?4, sample_rate=?5, channels=?6, "
                             "media_type=?7, checksum=?8, stage=?9, kind=?10, detail=?11 WHERE ordinal=?1")) {
  database_.check(false);
}

void RenderJournal::plan(std::vector<clips::ClipSource> sources, const std::string& limits, bool incremental) {
  sources_ = std::move(sources);
  database_.execute("BEGIN IMMEDIATE; CREATE TEMP TABLE IF NOT EXISTS input(id TEXT PRIMARY KEY); DELETE FROM input;");
  auto last = database_.prepare("SELECT COALESCE(MAX(ordinal) + 1, 0), COALESCE(MAX(shard) + 1, 0) FROM rows");
  last.step();
  std::int64_t ordinal = last.integer(0);
  const std::int64_t first_shard = last.integer(1);
  last.reset();
  auto find = database_.prepare(
      "SELECT ordinal, version=?2 AND (status<>'failed' OR (limits=?3 AND kind NOT IN "
      "('unreadable','no_decoder','missing'))) "
      "FROM rows WHERE id=?1 AND superseded=0");
  auto supersede = database_.prepare("UPDATE rows SET superseded=1 WHERE ordinal=?1");
  auto note = database_.prepare("INSERT INTO input(id) VALUES(?1)");
  auto insert = database_.prepare(
      "INSERT INTO rows(ordinal, id, name, version, limits, shard, slot) VALUES(?1,?2,?3,?4,?5,?6,?7)");
  std::int64_t n_new = 0;
  using View = std::string_view;
  for (const clips::ClipSource& source : sources_) {
    const std::string version = version_of(source);
    note.bind(View(source.id)).run();
    find.bind(View(source.id), View(version), View(limits));
    const bool known = find.step();
    const bool same = known && find.integer(1) != 0;
    const std::int64_t former = known ? find.integer(0) : 0;
    find.reset();
    if (same) continue;
    if (known) supersede.bind(former).run();
    insert
        .bind(ordinal++, View(source.id), View(source.name), View(version), View(limits),
              first_shard + n_new / kRowsPerShard, n_new % kRowsPerShard)
        .run();
    ++n_new;
  }
  // Clips that were never rendered and are no longer in the input have no bytes, so their places stay empty.
  database_.execute(std::string("UPDATE rows SET superseded=1 WHERE id NOT IN (SELECT id FROM input)") +
                    (incremental ? " AND status='pending';" : ";") +
                    "DELETE FROM rows WHERE superseded=1 AND status='pending'; COMMIT");
}

std::size_t RenderJournal::n_accepted_otherwise(const std::string& limits) {
  auto count = database_.prepare("SELECT COUNT(*) FROM rows WHERE status='ok' AND superseded=0 AND limits<>?1");
  count.bind(std::string_view(limits)).step();
  return static_cast<std::size_t>(count.integer(0));
}

void RenderJournal::sync() {
  // FULL waits for the other connection's writes, and the first column says whether it had to give up.
  for (int attempt = 0; attempt < 10; ++attempt) {
    auto checkpoint = database_.prepare("PRAGMA wal_checkpoint(FULL)");
    if (checkpoint.step() && checkpoint.integer(0) == 0) return;
  }
  throw ingest::DatabaseError("the journal is busy; close other programs that read it");
}

std::vector<PendingRow> RenderJournal::pending() {
  std::unordered_map<std::string_view, const clips::ClipSource*> by_id;
  for (const clips::ClipSource& source : sources_) by_id.emplace(source.id, &source);
  std::vector<PendingRow> rows;
  auto select = database_.prepare("SELECT ordinal, shard, slot, id FROM rows WHERE status='pending' ORDER BY ordinal");
  while (select.step()) {
    rows.push_back(
        {select.integer(0), select.integer(1), static_cast<int>(select.integer(2)), by_id.at(select.text(3))});
  }
  return rows;
}

void RenderJournal::put(std::int64_t ordinal, const tl::expected<RenderedClip, ingest::Failure>& outcome) {
  const RenderedClip clip = outcome ? *outcome : RenderedClip{};
  const ingest::Failure failure = outcome ? ingest::Failure{} : outcome.error();
  using View = std::string_view;
  put_.bind(ordinal, View(outcome ? "ok" : "failed"), View(clip.xxh128), clip.duration_s,
            static_cast<std::int64_t>(clip.sample_rate), static_cast<std::int64_t>(clip.n_channels),
            View(clip.media_type), static_cast<std::int64_t>(clip.checksum),
            outcome ? View() : to_string(failure.stage), outcome ? View() : to_string(failure.kind),
            View(failure.detail))
      .run();
}

void RenderJournal::lose(std::int64_t ordinal, const std::string& name) {
  auto find =
      database_.prepare("SELECT 1 FROM rows WHERE ordinal=?1 AND superseded=0 AND id IN (SELECT id FROM input)");
  if (find.bind(ordinal).step()) {
    database_.prepare("UPDATE rows SET status='pending' WHERE ordinal=?1").bind(ordinal).run();
  } else {
    put(ordinal, tl::make_unexpected(ingest::Failure{
                     ingest::Stage::kRender, ingest::FailureKind::kMissing,
                     name + ": its spectrogram was lost, and the clip is not in the input of this run"}));
  }
}

void RenderJournal::for_each(const std::function<void(const RenderRow&)>& visit) {
  auto select = database_.prepare(std::string(kSelect) + "WHERE status<>'pending' ORDER BY shard, slot");
  while (select.step()) visit(row_of(select));
}

std::vector<RenderRow> RenderJournal::rows_of(std::int64_t shard) {
  std::vector<RenderRow> rows;
  auto select = database_.prepare(std::string(kSelect) + "WHERE status<>'pending' AND shard=?1 ORDER BY slot");
  select.bind(shard);
  while (select.step()) rows.push_back(row_of(select));
  return rows;
}

}  // namespace hitscope::apps::render
