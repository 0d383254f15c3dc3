#include "ingest/tables/run_predictions.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <vector>

#include "ingest/input_error.h"

namespace hitscope::ingest::tables {
namespace {

std::optional<std::size_t> find_column(const TextTable& table, std::string_view name) {
  const auto found = std::find(table.header.begin(), table.header.end(), name);
  if (found == table.header.end()) return std::nullopt;
  return static_cast<std::size_t>(found - table.header.begin());
}

/// Names of the heads: the columns behind `target` without ':', which parts a head from a class.
std::vector<std::string> heads_of(const TextTable& table) {
  std::vector<std::string> heads;
  for (std::size_t c = *find_column(table, "target") + 1; c < table.header.size(); ++c) {
    if (table.header[c].find(':') == std::string::npos) heads.push_back(table.header[c]);
  }
  return heads;
}

std::string chosen_head(const TextTable& table, const std::string& head) {
  const std::vector<std::string> heads = heads_of(table);
  if (head.empty() && heads.size() == 1) return heads.front();
  if (std::find(heads.begin(), heads.end(), head) != heads.end()) return head;
  const std::string list = fmt::format("{}", fmt::join(heads, ", "));
  throw InputError(
      head.empty() ? fmt::format("{}: has predictions of several heads; choose one with `head`: {}", table.name, list)
                   : fmt::format("{}: has no head '{}'; it has {}", table.name, head, list));
}

/// By row number as it is written: its group.
std::unordered_map<std::string, std::string> groups_beside(const std::filesystem::path& file) {
  std::unordered_map<std::string, std::string> groups;
  std::error_code error;
  const std::filesystem::path split = file.parent_path() / "split.csv";
  if (!std::filesystem::is_regular_file(split, error)) return groups;
  const auto table = read_text_table(split, {});
  if (!table) throw InputError(table.error().detail);
  const auto row = find_column(*table, "row");
  const auto group = find_column(*table, "group");
  for (std::size_t i = 0; row && group && i < table->n_rows(); ++i)
    groups.emplace(table->columns[*row].at(i), table->columns[*group].at(i));
  return groups;
}

}  // namespace

bool is_of_run(const TextTable& table) {
  return find_column(table, "row") && find_column(table, "status") && find_column(table, "part") &&
         find_column(table, "target");
}

TextTable test_rows_of(const TextTable& table, const std::string& head, const std::filesystem::path& file) {
  const std::string name = chosen_head(table, head);
  const auto groups = groups_beside(file);
  const TextColumn& part = table.columns[*find_column(table, "part")];
  const TextColumn& number = table.columns[*find_column(table, "row")];
  TextTable result;
  result.name = table.name;
  std::vector<std::size_t> from;
  for (std::size_t c = 0; c < table.header.size(); ++c) {
    const std::string& title = table.header[c];
    const bool is_probability = title.starts_with(name + ":");
    if (title != "id" && title != "target" && title != name && !is_probability) continue;
    result.header.push_back(title == name    ? "y_pred"
                            : is_probability ? "proba_" + title.substr(name.size() + 1)
                                             : title);
    from.push_back(c);
  }
  if (!groups.empty()) result.header.emplace_back("group");
  result.columns.resize(result.header.size());
  for (std::size_t row = 0; row < table.n_rows(); ++row) {
    if (part.at(row) != "test") continue;
    result.numbers.push_back(table.numbers[row]);
    for (std::size_t i = 0; i < from.size(); ++i) result.columns[i].append(table.columns[from[i]].at(row));
    if (groups.empty()) continue;
    const auto group = groups.find(std::string(number.at(row)));
    result.columns.back().append(group == groups.end() ? "" : group->second);
  }
  if (result.n_rows() == 0) throw InputError(table.name + ": has no test rows");
  return result;
}

}  // namespace hitscope::ingest::tables
