// Which column of a table is the id, the artist, the target, …: given by flags, else found by the usual names.
// Thread safety: plain values and free functions without shared state.
#pragma once

#include <optional>
#include <string>

#include "ingest/tables/typed_table.h"

namespace hitscope::ingest::tables {

/// Columns by role; empty: found by their usual names, or none.
struct RoleNames {
  std::string id;
  std::string artist;
  std::string title;
  std::string popularity;
  std::string date;
  std::string target;  ///< empty: the popularity column
  std::string group;   ///< empty: the artist column
  std::string split;   ///< empty: none
};

/// Indices into the table's columns.
struct TableRoles {
  std::optional<std::size_t> id, artist, title, popularity, isrc, date, clip_hash, group, split, url;
  std::size_t target = 0;

  /// Why a column cannot be a feature ("the id"), or nullptr.
  const char* why_no_feature(std::size_t column) const;
};

/// Throws InputError where a named column is not there, where there is no target, or where `names.date` holds no dates.
TableRoles find_roles(const TypedTable& table, const RoleNames& names);

/// The column that `flag` names. Throws InputError where the table has none of this name.
std::size_t require_column(const TypedTable& table, const std::string& name, const char* flag);

}  // namespace hitscope::ingest::tables
