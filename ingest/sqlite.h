// SQLite behind two small classes: a database in WAL mode and a prepared statement.
//
// Journals of fetch and render live in such databases. Every error throws DatabaseError with the file and SQLite's
// message. What SQLite must spill while it sorts goes to the folder of the first database that was opened.
// Thread safety: one thread at a time per Database.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace hitscope::ingest {

class DatabaseError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What SQLite calls a malformed file, or no database. The same command will meet it again.
class DamagedDatabase : public DatabaseError {
 public:
  using DatabaseError::DatabaseError;
};

class Statement {
 public:
  /// Resets the statement and binds the parameters ?1, ?2, … in order.
  template <typename... Values>
  Statement& bind(const Values&... values) {
    reset();
    int index = 0;
    (bind_one(++index, values), ...);
    return *this;
  }
  /// Advances to the next row; false if there is none.
  bool step();
  /// Runs the statement to the end and resets it.
  void run();
  void reset();

  std::string text(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  Statement(sqlite3* database, sqlite3_stmt* statement) : database_(database), statement_(statement) {}
  void bind_one(int index, std::string_view value);
  void bind_one(int index, std::int64_t value);
  void bind_one(int index, double value);

  sqlite3* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  /// Opens or creates `path` in WAL mode with synchronous=NORMAL.
  explicit Database(const std::filesystem::path& path);

  void execute(const std::string& sql);
  Statement prepare(std::string_view sql);
  /// Reads every page, `whole` also compares indexes with their tables. Throws DamagedDatabase saying what is wrong.
  void check(bool whole);
  /// Writes a copy to `path`, which is replaced; nothing else may be in progress.
  void copy_to(const std::filesystem::path& path);

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace hitscope::ingest
