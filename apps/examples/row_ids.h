// The ids of a table's rows: whether each can be one, and which id of the spectrograms or of a split file it stands
// for. Thread safety: one thread per object.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "ingest/failure.h"
#include "ingest/tables/id_match.h"
#include "ingest/tables/table_roles.h"
#include "ingest/tables/typed_table.h"

namespace hitscope::apps::examples {

class RowIds {
 public:
  /// The table must outlive the object.
  RowIds(const ingest::tables::TypedTable& table, std::optional<std::size_t> id_column);

  /// The row's cell in the column of ids; "row-17" in a table without one.
  std::string of(std::size_t row) const;
  /// Why the id of a row cannot be one (kBadId), or that a row before, of those asked about, has it (kDuplicateId).
  std::optional<ingest::Failure> failure(std::size_t row);

  /// The ids of `place` that those of `rows` stand for, see ingest/tables/id_match.h. Tells `facts` how many are
  /// spelled otherwise, or would match more than one. Throws UsageError, with an id of each side, where the two have
  /// none in common.
  ingest::tables::IdMatches match(std::span<const std::size_t> rows, const std::vector<std::string>& known,
                                  const std::string& place, std::vector<std::string>& facts) const;

 private:
  const ingest::tables::TypedTable& table_;
  std::optional<std::size_t> column_;
  std::unordered_map<std::string, std::size_t> seen_;  // and the row each was first seen in
};

}  // namespace hitscope::apps::examples
