// Puts the rows of several tables into one, by the names of their columns.
// Thread safety: a free function without shared state.
#pragma once

#include <string>
#include <vector>

#include "ingest/tables/text_table.h"

namespace hitscope::ingest::tables {

/// The rows of `tables`, one or more, one table after the other. Columns are those of all, in order of appearance, by
/// their names in any spelling; a table without one has empty cells there, which `facts` say. Decimal commas become
/// points where not all tables have them. Rows are numbered on: the first of a table after the last of the one before.
/// Throws InputError for more cells than `max_cells`.
TextTable appended(std::vector<TextTable> tables, double max_cells, std::vector<std::string>& facts);

}  // namespace hitscope::ingest::tables
