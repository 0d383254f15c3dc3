// Lays out tables for a terminal.
// Thread safety: free functions without shared state.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace hitscope::apps::shell {

/// The number of columns that `text` takes on a terminal.
std::size_t width_of(const std::string& text);

/// `rows` as text with aligned columns and a rule under the first row.
std::string text_table(std::vector<std::vector<std::string>> rows);

}  // namespace hitscope::apps::shell
