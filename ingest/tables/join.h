// Joins two tables on keys: the rows of the left table in their order, each with the columns of its match in the right
// one.
//
// Keys are compared as stripped texts; of a cell that is a list ("['a', 'b']", "[7, 8]", but not "a;b" or "[Intro]")
// the first element is compared. Rows without a match and keys of several rows are counted, so that no join loses or
// multiplies rows silently.
// Thread safety: free functions without shared state.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "dsp/fields.h"
#include "ingest/failure.h"
#include "ingest/tables/text_table.h"

namespace hitscope::ingest::tables {

struct JoinKey {
  std::string left;   ///< column of the left table
  std::string right;  ///< column of the right table
};

/// What to do if several right rows have the key of a left row.
enum class JoinDuplicates {
  kFirst,  ///< use the first of them
  kAll,    ///< repeat the left row for each of them, as pandas.merge does
  kRefuse  ///< the join fails, naming the key and its rows
};
constexpr auto names_of(JoinDuplicates) {
  return std::to_array<dsp::Name<JoinDuplicates>>({{JoinDuplicates::kFirst, "first", "use the first of them"},
                                                   {JoinDuplicates::kAll, "all", "repeat the row for each of them"},
                                                   {JoinDuplicates::kRefuse, "refuse", "stop with an error"}});
}

struct JoinRequest {
  /// Empty: row by row, which needs equal numbers of rows; refused rows keep their places.
  std::vector<JoinKey> keys;
  JoinDuplicates duplicates = JoinDuplicates::kFirst;
  bool keep_unmatched = true;  ///< keep left rows without a match, with empty cells; else refuse them
};

/// Counts of what a join did.
struct JoinReport {
  std::string left;  ///< name of the left table
  std::string right;
  std::string on;  ///< the keys: "song_name", "id = track_id", or "row by row"
  std::size_t n_left = 0;
  std::size_t n_right = 0;
  std::size_t n_left_matched = 0;
  std::size_t n_left_without_key = 0;    ///< left rows with an empty key cell, which never match
  std::size_t n_left_unmatched = 0;      ///< left rows with a key that no right row has
  std::size_t n_right_unused = 0;        ///< right rows that match no left row
  std::size_t n_left_duplicates = 0;     ///< left rows whose key an earlier left row has
  std::size_t n_right_duplicates = 0;    ///< right rows whose key an earlier right row has
  std::size_t n_right_conflicting = 0;   ///< those of them whose cells differ from the key's first row
  std::size_t n_joined = 0;              ///< rows of the result
  std::vector<std::string> unmatched;    ///< up to five keys without a match
  std::vector<std::string> conflicting;  ///< up to five keys whose right rows differ
  std::vector<std::string> renamed;      ///< renamed columns: "popularity -> artists.popularity"
};

struct Joined {
  /// The left columns, then the right ones without keys. A name that is in use gets the prefix "STEM.", STEM being the
  /// right file's name without extensions. Row numbers are the left table's.
  TextTable table;
  JoinReport report;
};

/// Failures (kBadFile): a key column that a table lacks (with the columns it has), different numbers of rows for a join
/// row by row, a duplicate key under kRefuse, more than 100 million rows.
tl::expected<Joined, Failure> join(TextTable left, const TextTable& right, const JoinRequest& request);

/// The report as sentences with percentages, one per line.
std::vector<std::string> sentences(const JoinReport& report);

}  // namespace hitscope::ingest::tables
