#include "apps/runs/fitted_cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "apps/shell/help.h"
#include "apps/shell/text_table.h"

namespace hitscope::apps::runs {
namespace {

constexpr std::size_t kGap = 2;  // between two columns of a text table

std::vector<std::size_t> column_widths(const Cells& cells) {
  std::vector<std::size_t> widths(cells.front().size(), 0);
  for (const auto& row : cells) {
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], shell::width_of(row[c]));
  }
  return widths;
}

/// The width of the first `n` columns, each cut to `most`.
std::size_t total_width(const std::vector<std::size_t>& widths, std::size_t n, std::size_t most) {
  std::size_t total = n > 0 ? kGap * (n - 1) : 0;
  for (std::size_t c = 0; c < n; ++c) total += std::min(widths[c], most);
  return total;
}

/// At most `width` characters of UTF-8 text, the last "…" where some are missing.
std::string shortened(const std::string& text, std::size_t width) {
  if (shell::width_of(text) <= width) return text;
  std::size_t end = 0;
  std::size_t n_characters = 0;
  for (; end < text.size(); ++end) {
    const bool starts_character = (static_cast<unsigned char>(text[end]) & 0xC0U) != 0x80U;
    if (starts_character && n_characters++ + 1 == width) break;
  }
  return text.substr(0, end) + "…";
}

}  // namespace

std::size_t table_columns() {
  return static_cast<std::size_t>(std::clamp(shell::terminal_columns().value_or(100), 60, 200));
}

std::string shortened_from_left(const std::string& text, std::size_t width) {
  const std::size_t n = shell::width_of(text);
  if (n <= width) return text;
  std::size_t n_characters = 0;
  for (std::size_t begin = 0; begin < text.size(); ++begin) {
    const bool starts_character = (static_cast<unsigned char>(text[begin]) & 0xC0U) != 0x80U;
    if (starts_character && n_characters++ == n + 1 - width) return "…" + text.substr(begin);
  }
  return "…";
}

Cells fitted(const Cells& cells, std::size_t n_needed, std::size_t n_together, std::size_t width) {
  if (cells.empty()) return {};
  const auto widths = column_widths(cells);
  std::size_t n_kept = std::min(n_needed, widths.size());
  std::size_t most = *std::max_element(widths.begin(), widths.end());
  while (total_width(widths, n_kept, most) > width) {
    if (--most == 0) throw std::invalid_argument(fmt::format("fitted: {} columns in {} characters", n_kept, width));
  }
  while (n_kept + n_together <= widths.size() && total_width(widths, n_kept + n_together, most) <= width) {
    n_kept += n_together;
  }
  Cells result;
  for (const auto& row : cells) {
    result.emplace_back();
    for (std::size_t c = 0; c < n_kept; ++c) result.back().push_back(shortened(row[c], most));
  }
  return result;
}

}  // namespace hitscope::apps::runs
