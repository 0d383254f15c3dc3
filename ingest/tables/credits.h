// Whom a cell of artists credits: "Ingrid Michaelson;ZAYN", "Drake feat. Rihanna", "['Drake', 'Rihanna']".
// Commas and '&' divide nobody: "Earth, Wind & Fire" is one. Thread safety: free functions without shared state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hitscope::ingest::tables {

/// Names without the blanks around them, at least one where the cell is not blank.
std::vector<std::string> credited_names(std::string_view cell);

/// The names of every cell; empty where no cell has several.
std::vector<std::vector<std::string>> credits_of(const std::vector<std::string>& cells);

}  // namespace hitscope::ingest::tables
