// Several tables into one, on keys: the left table's rows in their order, each with the columns of its match on the
// right.
//
// Keys are compared as texts without the blanks around them; a cell that is a list ("['a', 'b']", "[7, 8]"; "a;b" and
// "[Intro]" are none) counts with its first element. Every row that finds no match, and every key that several rows
// have, is counted: a join that silently loses or multiplies rows is how tables go wrong. Thread safety: free functions
// without shared state.
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

/// What happens where several right rows have a left row's key.
enum class JoinDuplicates {
  kFirst,  ///< the first of them is taken
  kAll,    ///< the left row is repeated for each of them, as pandas.merge does
  kRefuse  ///< the join fails, naming the key and its rows
};
constexpr auto names_of(JoinDuplicates) {
  return std::to_array<dsp::Name<JoinDuplicates>>({{JoinDuplicates::kFirst, "first", "use the first of them"},
                                                   {JoinDuplicates::kAll, "all", "repeat the row for each of them"},
                                                   {JoinDuplicates::kRefuse, "refuse", "stop with an error"}});
}

struct JoinRequest {
  std::vector<JoinKey> keys;  ///< empty: row by row, which needs as many rows on both sides; refused rows
                              ///< keep their places
  JoinDuplicates duplicates = JoinDuplicates::kFirst;
  bool keep_unmatched = true;  ///< left rows without a match stay, with empty cells; else they are refused rows
};

/// What a join did, in rows.
struct JoinReport {
  std::string left;  ///< names of the tables
  std::string right;
  std::string on;  ///< "song_name", "id = track_id", or "row by row"
  std::size_t n_left = 0;
  std::size_t n_right = 0;
  std::size_t n_left_matched = 0;
  std::size_t n_left_without_key = 0;    ///< a key cell is empty; never matched
  std::size_t n_left_unmatched = 0;      ///< has a key that no right row has
  std::size_t n_right_unused = 0;        ///< right rows that no left row took
  std::size_t n_left_duplicates = 0;     ///< left rows whose key an earlier left row has
  std::size_t n_right_duplicates = 0;    ///< right rows whose key an earlier right row has
  std::size_t n_right_conflicting = 0;   ///< of those, rows with other cells than the first of the key
  std::size_t n_joined = 0;              ///< rows of the result
  std::vector<std::string> unmatched;    ///< up to five keys that found nothing
  std::vector<std::string> conflicting;  ///< up to five keys whose right rows differ
  std::vector<std::string> renamed;      ///< "popularity -> artists.popularity"
};

struct Joined {
  TextTable table;  ///< left header, then the right one without its keys; a name that is taken gets "STEM." before it,
                    ///< STEM being the right file's name without extensions; row numbers are the left table's
  JoinReport report;
};

/// Failures (kBadFile): a key column that a table lacks (with the columns it has), different numbers of rows for a join
/// row by row, a duplicate key under kRefuse, more than 100 million rows.
tl::expected<Joined, Failure> join(TextTable left, const TextTable& right, const JoinRequest& request);

/// The report in sentences for people: one line each, with percentages.
std::vector<std::string> sentences(const JoinReport& report);

}  // namespace hitscope::ingest::tables
