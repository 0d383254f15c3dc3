// Reads the artists that a cell credits: "Ingrid Michaelson;ZAYN", "Drake feat. Rihanna", "['Drake', 'Rihanna']".
// Commas and '&' do not separate names: "Earth, Wind & Fire" is one.
// Thread safety: free functions without shared state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hitscope::ingest::tables {

/// The names in a cell, stripped; at least one if the cell is not blank.
std::vector<std::string> credited_names(std::string_view cell);

/// The names of every cell, [cells.size()]; empty if no cell has more than one.
std::vector<std::vector<std::string>> credits_of(const std::vector<std::string>& cells);

}  // namespace hitscope::ingest::tables
