// Reads small tables beside the main one: the mapping of texts to classes, and the parts of rows. A row that cannot be
// read or that contradicts another is an error.
// Thread safety: free functions without shared state.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <unordered_map>

namespace hitscope::ingest::tables {

/// Reads two columns, a text and its class. Throws InputError naming file and row.
std::map<std::string, std::string> read_mapping(const std::filesystem::path& path);

/// Reads parts by id or by row number from the columns `key` ("id" or "row") and part, as in a run's split.csv. Throws
/// InputError naming file and row for a repeated key or an unknown part.
std::unordered_map<std::string, std::string> read_parts(const std::filesystem::path& path, const std::string& key);

}  // namespace hitscope::ingest::tables
