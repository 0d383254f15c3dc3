// Which row of the right table each row of the left one takes: the search of ingest/tables/join.h, without its result.
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
  std::vector<std::size_t> n_rows;         ///< [n_right] how many right rows have the key, where the row is its first
  std::vector<bool> has_key;               ///< [n_left]
  std::vector<std::size_t> right_columns;  ///< those that are no keys
};

/// Failures as join(), apart from the number of rows of the result. Fills the counts and examples of `report` that the
/// search knows.
tl::expected<JoinMatches, Failure> matched(const TextTable& left, const TextTable& right, const JoinRequest& request,
                                           JoinReport& report);

}  // namespace hitscope::ingest::tables
