#include "ingest/sqlite.h"

#include <fcntl.h>
#include <sqlite3.h>

#include <cerrno>
#include <cstring>

#include "ingest/files.h"
#include "ingest/folder.h"

namespace hitscope::ingest {
namespace {

[[noreturn]] void fail(sqlite3* database) {
  const char* file = sqlite3_db_filename(database, "main");
  const std::string words = std::string(file != nullptr ? file : "journal") + ": " + sqlite3_errmsg(database);
  const int code = sqlite3_errcode(database) & 0xFF;
  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) throw DamagedDatabase(words);
  throw DatabaseError(words);
}

/// A process may write to its own folders only (apps/shell/sandbox.h), so not to /var/tmp.
void spill_to(const std::filesystem::path& folder) {
  static const bool is_set = [&] {
    // SQLite frees it never; it must be set before the first database is opened.
    sqlite3_temp_directory = sqlite3_mprintf("%s", folder.empty() ? "." : folder.c_str());
    return true;
  }();
  (void)is_set;
}

/// Creates `path` unless it is there, for its owner alone: it may hold what others must not read (URLs with tokens).
/// SQLite gives its other files the same mode.
void make_private(const std::filesystem::path& path) {
  const Descriptor created(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (created.get() < 0) throw DatabaseError(path.string() + ": cannot be opened: " + std::strerror(errno));
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}
void Database::Close::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}

bool Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) fail(database_);
  return false;
}

void Statement::run() {
  while (step()) {
  }
  reset();
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
}

std::string Statement::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  return data == nullptr ? std::string() : std::string(data, sqlite3_column_bytes(statement_.get(), column));
}
std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}
double Statement::real(int column) const {
  return sqlite3_column_double(statement_.get(), column);
}

void Statement::bind_one(int index, std::string_view value) {
  // An empty view may carry a null pointer, which SQLite would store as NULL.
  const char* data = value.data() == nullptr ? "" : value.data();
  if (sqlite3_bind_text(statement_.get(), index, data, static_cast<int>(value.size()), SQLITE_TRANSIENT) != SQLITE_OK) {
    fail(database_);
  }
}
void Statement::bind_one(int index, std::int64_t value) {
  if (sqlite3_bind_int64(statement_.get(), index, value) != SQLITE_OK) fail(database_);
}
void Statement::bind_one(int index, double value) {
  if (sqlite3_bind_double(statement_.get(), index, value) != SQLITE_OK) fail(database_);
}

Database::Database(const std::filesystem::path& path) {
  spill_to(path.parent_path());
  make_private(path);
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE, nullptr);
  database_.reset(raw);
  if (code != SQLITE_OK) {
    throw DatabaseError(path.string() + ": " + (raw != nullptr ? sqlite3_errmsg(raw) : "cannot open"));
  }
  sqlite3_busy_timeout(raw, 10'000);
  // A database may come from elsewhere: sqlite.org/security.html.
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  execute("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;");
  execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;");
}

void Database::execute(const std::string& sql) {
  if (sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail(database_.get());
}

void Database::check(bool whole) {
  Statement found = prepare(whole ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)");
  const std::string words = found.step() ? found.text(0) : "no answer";
  if (words == "ok") return;
  throw DamagedDatabase(std::string(sqlite3_db_filename(database_.get(), "main")) + ": " +
                        words.substr(words.rfind('\n') + 1));  // before it may stand "*** in database main ***"
}

void Database::copy_to(const std::filesystem::path& path) {
  std::filesystem::path temporary = path;
  temporary += ".tmp";
  std::filesystem::remove(temporary);
  try {
    make_private(temporary);
    Statement copy = prepare("VACUUM INTO ?1");
    copy.bind(std::string_view(temporary.native()));
    copy.run();
    publish_file(temporary, path);
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    throw;
  }
}

Statement Database::prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v2(database_.get(), sql.data(), static_cast<int>(sql.size()), &raw, nullptr);
  if (code != SQLITE_OK) fail(database_.get());
  return {database_.get(), raw};
}

}  // namespace hitscope::ingest
