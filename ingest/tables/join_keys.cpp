#include "ingest/tables/join_keys.h"

#include <algorithm>
#include <optional>
#include <span>

#include "ingest/content_hash.h"
#include "ingest/tables/blanks.h"

namespace hitscope::ingest::tables {
namespace {

constexpr std::size_t kMostShownBytes = 80;

/// The text between the quotes at the beginning of `text`, with its escapes; nullopt without a closing quote.
std::optional<std::string_view> quoted(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == text[0]) {
      return text.substr(1, i - 1);
    }
  }
  return std::nullopt;
}

/// The first element of a list as Python or JSON write it, else the cell itself. A song called "[Intro]" is no list:
/// elements are in quotes, or are whole numbers.
std::string_view first_element(std::string_view cell) {
  if (cell.size() < 2 || cell.front() != '[' || cell.back() != ']') return cell;
  const std::string_view inside = without_blanks(cell.substr(1, cell.size() - 2));
  if (inside.empty()) return {};
  if (inside[0] == '\'' || inside[0] == '"') {
    const auto element = quoted(inside);
    if (!element) return cell;
    const std::string_view rest = without_blanks(inside.substr(element->size() + 2));
    return rest.empty() || rest[0] == ',' ? without_blanks(*element) : cell;
  }
  const std::string_view number = without_blanks(inside.substr(0, inside.find(',')));
  return number.find_first_not_of("0123456789") == std::string_view::npos ? number : cell;
}

/// Replaces escaped quotes and backslashes by themselves; other escapes are not changed.
std::string without_escapes(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escapes =
        text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '\'' || text[i + 1] == '"' || text[i + 1] == '\\');
    plain += text[escapes ? ++i : i];
  }
  return plain;
}

}  // namespace

JoinKeys::JoinKeys(const TextTable& table, const std::vector<std::size_t>& columns)
    : hashes_(table.n_rows(), 0), has_key_(table.n_rows(), true) {
  for (const std::size_t column : columns) {
    std::vector<std::string_view>& cells = cells_.emplace_back(table.n_rows());
    for (std::size_t row = 0; row < table.n_rows(); ++row) {
      const std::string_view cell = without_blanks(table.columns[column].at(row));
      cells[row] = first_element(cell);
      if (cells[row].size() < cell.size() && cells[row].find('\\') != std::string_view::npos) {
        cells[row] = unescaped_.emplace_back(without_escapes(cells[row]));
      }
      if (cells[row].empty()) has_key_[row] = false;
      const std::uint64_t hash = xxh3_64(std::as_bytes(std::span(cells[row].data(), cells[row].size())));
      // Odd, so that no bit of the columns before is lost, and not 1, so that ("a", "b") is not ("b", "a").
      hashes_[row] = hashes_[row] * 0x9E3779B97F4A7C15U + hash;
    }
  }
}

bool JoinKeys::same(std::size_t row, const JoinKeys& other, std::size_t other_row) const {
  for (std::size_t key = 0; key < cells_.size(); ++key) {
    if (cells_[key][row] != other.cells_[key][other_row]) return false;
  }
  return true;
}

std::string JoinKeys::shown(std::size_t row) const {
  std::string text;
  for (const auto& cells : cells_) {
    if (!text.empty()) text += ", ";
    text += cells[row].substr(0, kMostShownBytes + 1);
  }
  if (text.size() <= kMostShownBytes) return text;
  std::size_t n = kMostShownBytes;
  while (n > 0 && (static_cast<unsigned char>(text[n]) & 0xC0U) == 0x80) --n;  // whole characters
  return text.substr(0, n) + "…";
}

}  // namespace hitscope::ingest::tables
