#include "ingest/tables/credits.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <utility>

#include "dsp/json.h"
#include "ingest/tables/blanks.h"

namespace hitscope::ingest::tables {
namespace {

void add_name(std::string_view name, std::vector<std::string>& names) {
  name = without_blanks(name);
  // "Rihanna)" of "Drake (feat. Rihanna)"
  if (name.ends_with(')') && name.find('(') == std::string_view::npos) name.remove_suffix(1);
  if (name.ends_with(']') && name.find('[') == std::string_view::npos) name.remove_suffix(1);
  if (!name.empty()) names.emplace_back(name);
}

constexpr std::size_t kLongestCell = 4096;  // what is longer is one name: separators are looked for again and again

/// The names of a list of objects, as Spotify's and MusicBrainz's services write artists; nullopt if it is not one.
std::optional<std::vector<std::string>> names_of_objects(std::string_view cell) {
  if (!cell.starts_with("[{")) return std::nullopt;
  try {
    std::vector<std::string> names;
    for (const auto& object : dsp::parse_json<nlohmann::json>(cell)) {
      if (const auto name = object.find("name"); name != object.end() && name->is_string()) {
        add_name(name->get<std::string>(), names);
      }
    }
    return names.empty() ? std::nullopt : std::optional(std::move(names));
  } catch (const std::exception&) {
    return std::nullopt;
  }
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

constexpr auto kSeparators = std::to_array<std::string_view>(
    {";", " feat. ", " feat ", " ft. ", " ft ", " featuring ", " (feat. ", " (feat ", " (ft. ", " (ft ", " (featuring ",
     " [feat. ", " [feat ", " [ft. ", " [ft ", " [featuring "});
constexpr std::array<std::string_view, 9> kDoubtful{", ", " & ", " and ", " x ", " vs. ", " vs ", " with ", " / ", ","};

/// The first of `separators` from `begin` on and its length; the end of the text if there is none.
std::pair<std::size_t, std::size_t> next_separator(std::string_view text, std::size_t begin,
                                                   std::span<const std::string_view> separators) {
  std::pair<std::size_t, std::size_t> first{text.size(), 0};
  for (const std::string_view separator : separators) {
    const auto found = std::search(text.begin() + static_cast<std::ptrdiff_t>(begin), text.end(), separator.begin(),
                                   separator.end(), [](char a, char b) { return lower(a) == b; });
    const auto place = static_cast<std::size_t>(found - text.begin());
    if (place < first.first) first = {place, separator.size()};
  }
  return first;
}

std::vector<std::string> parts_of(std::string_view text, std::span<const std::string_view> separators) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto [end, length] = next_separator(text, begin, separators);
    add_name(text.substr(begin, end - begin), parts);
    begin = end + length;
  }
  return parts;
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

}  // namespace

std::vector<std::string> credited_names(std::string_view cell) {
  cell = without_blanks(cell);
  if (cell.size() > kLongestCell) return {std::string(cell)};
  if (auto names = names_of_objects(cell)) return std::move(*names);
  if (auto names = listed_names(cell)) return std::move(*names);
  std::vector<std::string> names = parts_of(cell, kSeparators);
  if (names.empty()) add_name(cell, names);
  return names;
}

Credits::Credits(const std::vector<std::string>& cells) {
  for (const std::string& cell : cells) {
    for (const std::string& name : credited_names(cell)) {
      if (name.size() <= kLongestCell && parts_of(name, kDoubtful).size() == 1) alone_.insert(lower_case(name));
    }
  }
}

std::vector<std::string> Credits::names_in(std::string_view cell) const {
  std::vector<std::string> names;
  for (std::string& name : credited_names(cell)) {
    std::vector<std::string> parts;
    if (name.size() <= kLongestCell) parts = parts_of(name, kDoubtful);
    const bool is_several = parts.size() > 1 && std::any_of(parts.begin(), parts.end(), [&](const std::string& part) {
                              return alone_.contains(lower_case(part));
                            });
    if (!is_several) parts = {std::move(name)};
    std::move(parts.begin(), parts.end(), std::back_inserter(names));
  }
  return names;
}

std::vector<std::vector<std::string>> Credits::names_of(const std::vector<std::string>& cells) const {
  std::vector<std::vector<std::string>> credits;
  bool several = false;
  for (const std::string& cell : cells) {
    credits.push_back(names_in(cell));
    several = several || credits.back().size() > 1;
  }
  if (!several) credits.clear();
  return credits;
}

}  // namespace hitscope::ingest::tables
