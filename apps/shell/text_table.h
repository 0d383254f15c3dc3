// Tables for a terminal.
// Thread safety: a free function.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace hitscope::apps::shell {

/// Columns that `text` takes on a terminal.
std::size_t width_of(const std::string& text);

/// Columns of equal width, a rule under the header: for a terminal.
std::string text_table(const std::vector<std::vector<std::string>>& rows);

}  // namespace hitscope::apps::shell
