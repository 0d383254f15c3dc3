// The small tables beside the main one: which text is which class, and which row is in which part.
// Every row of them counts: one that cannot be read, or contradicts another, is an error, not a row less.
// Thread safety: free functions without shared state.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <unordered_map>

namespace hitscope::ingest::tables {

/// Two columns: a text and its class. Throws InputError naming file and row.
std::map<std::string, std::string> read_mapping(const std::filesystem::path& path);

/// Part by id, or by row number: the columns `key` ("id" or "row") and part, as split.csv of a run has them. Throws
/// InputError naming file and row: a key twice, a part that is none.
std::unordered_map<std::string, std::string> read_parts(const std::filesystem::path& path, const std::string& key);

}  // namespace hitscope::ingest::tables
