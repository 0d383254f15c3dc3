// The keys of a table's rows as ingest/tables/join.h compares them: stripped cells, lists by their first element.
//
// The keys are views into the table, which must outlive them and not change.
// Thread safety: immutable after construction; any number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/tables/text_table.h"

namespace hitscope::ingest::tables {

class JoinKeys {
 public:
  /// `columns` of the table, in the order of the request's keys.
  JoinKeys(const TextTable& table, const std::vector<std::size_t>& columns);

  std::size_t n_rows() const { return hashes_.size(); }
  /// Whether no cell of the key is empty.
  bool has_key(std::size_t row) const { return has_key_[row]; }
  std::uint64_t hash(std::size_t row) const { return hashes_[row]; }
  bool same(std::size_t row, const JoinKeys& other, std::size_t other_row) const;
  /// The key for messages: its cells, separated by ", ", at most 80 bytes.
  std::string shown(std::size_t row) const;

 private:
  std::vector<std::vector<std::string_view>> cells_;  // [n_keys, n_rows]
  std::deque<std::string> unescaped_;                 // elements of lists that contain escapes
  std::vector<std::uint64_t> hashes_;
  std::vector<bool> has_key_;
};

}  // namespace hitscope::ingest::tables
