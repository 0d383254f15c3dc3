// Tables of cells cut to the width of a terminal.
// Thread safety: free functions without shared state.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace hitscope::apps::runs {

using Cells = std::vector<std::vector<std::string>>;  ///< rows of equal length; the first holds the columns' names

enum class Width {
  kTerminal,  ///< at most table_columns(), for a screen
  kAll,       ///< every column, for a file or a page
};

/// Columns of the terminal on standard output, limited to 60..200; 100 if it is not a terminal.
std::size_t table_columns();

/// At most `width` characters of UTF-8 text, the first "…" where some are missing: the end of a path tells most.
std::string shortened_from_left(const std::string& text, std::size_t width);

/// The leading columns of `cells` that shell::text_table() can print in `width` characters: the first `n_needed`
/// always, then as many as fit, `n_together` at a time. If the needed columns are too wide, their longest cells are cut
/// and end in "…". Throws std::invalid_argument if one character per column is already too wide.
Cells fitted(const Cells& cells, std::size_t n_needed, std::size_t n_together = 1, std::size_t width = table_columns());

}  // namespace hitscope::apps::runs
