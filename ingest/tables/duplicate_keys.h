// The keys by which ingest/tables/cleaning.h finds duplicate rows, and the columns that its rules name.
//
// Thread safety: immutable after construction; any number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "ingest/failure.h"
#include "ingest/tables/cleaning.h"
#include "ingest/tables/column_roles.h"
#include "ingest/tables/typed_table.h"

namespace hitscope::ingest::tables {

class DuplicateKeys {
 public:
  /// The keys of all rows of `table`, which must outlive them. Song keys are computed on two threads if there are many.
  /// Failures as in clean().
  static tl::expected<DuplicateKeys, Failure> of(const TypedTable& table, DuplicateRule rule,
                                                 const CleaningRules& columns);

  /// Whether the row has the value that the rule compares; for kExact, any value.
  bool has_key(std::size_t row) const;
  std::uint64_t hash(std::size_t row) const { return hashes_[row]; }
  bool same(std::size_t row, std::size_t other) const;

 private:
  static DuplicateKeys exact(const TypedTable& table);

  std::vector<std::uint64_t> hashes_;        // [n_rows]
  std::vector<std::string> texts_;           // [n_rows], empty for rows without a key; unused for kExact
  std::vector<const TypedColumn*> columns_;  // columns that kExact compares
  std::vector<bool> has_value_;              // [n_rows] for kExact
};

/// The failure (kBadFile) of a rule that cannot be applied to the table.
tl::unexpected<Failure> bad_rule(const TypedTable& table, const std::string& why);
/// The column called `name`; `field` is the setting that named it, in back quotes.
tl::expected<const TypedColumn*, Failure> column_named(const TypedTable& table, const std::string& name,
                                                       std::string_view field);
/// The first column with one of the role's usual names; `mend` begins the message of the failure if there is none.
tl::expected<const TypedColumn*, Failure> column_of_role(const TypedTable& table, ColumnRole role,
                                                         const std::string& mend);

}  // namespace hitscope::ingest::tables
