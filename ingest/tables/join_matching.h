// The search of ingest/tables/join.h: finds the right row for each left row, without making the result.
//
// Thread safety: free functions without shared state.
#pragma once

#include <cstddef>
#include <limits>
#include <vector>

#include <tl/expected.hpp>

#include "ingest/failure.h"
#include "ingest/tables/join.h"

namespace hitscope::ingest::tables {

inline constexpr std::size_t kNoRow = std::numeric_limits<std::size_t>::max();

struct JoinMatches {
  std::vector<std::size_t> first;          ///< [n_left] the first right row with the row's key, or kNoRow
  std::vector<std::size_t> next;           ///< [n_right] the next right row with the same key, or kNoRow
  std::vector<std::size_t> n_rows;         ///< [n_right] number of right rows with the key, in the key's first row
  std::vector<bool> has_key;               ///< [n_left], whether the row has a key
  std::vector<std::size_t> right_columns;  ///< columns of the right table that are not keys
};

/// The matches of `left` in `right`; fills the counts and examples of `report` that the search knows. Failures as in
/// join(), except for the number of rows of the result.
tl::expected<JoinMatches, Failure> matched(const TextTable& left, const TextTable& right, const JoinRequest& request,
                                           JoinReport& report);

}  // namespace hitscope::ingest::tables
