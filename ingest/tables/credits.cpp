#include "ingest/tables/credits.h"

#include <algorithm>
#include <array>
#include <optional>

#include "ingest/tables/blanks.h"

namespace hitscope::ingest::tables {
namespace {

void add_name(std::string_view name, std::vector<std::string>& names) {
  name = without_blanks(name);
  if (!name.empty()) names.emplace_back(name);
}

/// The elements of a list as written by Python or JSON; nullopt if it is not one, such as the title "[Intro]".
std::optional<std::vector<std::string>> listed_names(std::string_view cell) {
  if (cell.size() < 2 || cell.front() != '[' || cell.back() != ']') return std::nullopt;
  std::vector<std::string> names;
  std::string_view rest = without_blanks(cell.substr(1, cell.size() - 2));
  while (!rest.empty()) {
    const char quote = rest[0];
    if (quote != '\'' && quote != '"') return std::nullopt;
    std::string name;
    std::size_t i = 1;
    for (; i < rest.size() && rest[i] != quote; ++i) {
      if (rest[i] == '\\' && i + 1 < rest.size()) ++i;
      name += rest[i];
    }
    if (i == rest.size()) return std::nullopt;
    add_name(name, names);
    rest = without_blanks(rest.substr(i + 1));
    if (rest.empty()) break;
    if (rest[0] != ',') return std::nullopt;
    rest = without_blanks(rest.substr(1));
  }
  return names;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// The first separator from `begin` on and its length; the end of the text if there is none.
std::pair<std::size_t, std::size_t> next_separator(std::string_view text, std::size_t begin) {
  constexpr std::array<std::string_view, 3> kSeparators{";", " feat. ", " ft. "};
  std::pair<std::size_t, std::size_t> first{text.size(), 0};
  for (const std::string_view separator : kSeparators) {
    const auto found = std::search(text.begin() + static_cast<std::ptrdiff_t>(begin), text.end(), separator.begin(),
                                   separator.end(), [](char a, char b) { return lower(a) == b; });
    const auto place = static_cast<std::size_t>(found - text.begin());
    if (place < first.first) first = {place, separator.size()};
  }
  return first;
}

}  // namespace

std::vector<std::string> credited_names(std::string_view cell) {
  cell = without_blanks(cell);
  if (auto names = listed_names(cell)) return std::move(*names);
  std::vector<std::string> names;
  for (std::size_t begin = 0; begin < cell.size();) {
    const auto [end, length] = next_separator(cell, begin);
    add_name(cell.substr(begin, end - begin), names);
    begin = end + length;
  }
  if (names.empty()) add_name(cell, names);
  return names;
}

std::vector<std::vector<std::string>> credits_of(const std::vector<std::string>& cells) {
  std::vector<std::vector<std::string>> credits;
  bool several = false;
  for (const std::string& cell : cells) {
    credits.push_back(credited_names(cell));
    several = several || credits.back().size() > 1;
  }
  if (!several) credits.clear();
  return credits;
}

}  // namespace hitscope::ingest::tables
