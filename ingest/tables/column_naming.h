// Makes the names of a table's columns usable: each has one, and no two are equal.
// Thread safety: a free function without shared state.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace hitscope::ingest::tables {

/// Calls a column without a name "column-7", counted from 1. Returns which two columns have one name.
std::optional<std::string> name_columns(std::vector<std::string>& header);

}  // namespace hitscope::ingest::tables
