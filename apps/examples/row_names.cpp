#include "apps/examples/row_names.h"

#include <algorithm>
#include <array>
#include <regex>

#include "apps/examples/label_request.h"
#include "apps/shell/verb.h"
#include "apps/shell/words.h"
#include "apps/spectrograms/clip_index.h"
#include "ingest/tables/cleaning.h"
#include "ingest/tables/credits.h"

namespace hitscope::apps::examples {

ingest::tables::TextTable folder_table(const std::filesystem::path& spectrograms) {
  const std::filesystem::path index = spectrograms / spectrograms::kIndexFile;
  ingest::tables::TextTable table;
  table.name = index.string();
  table.header = {"id", "folder", "file", "duration_s", "sample_rate", "channels", "media_type", "clip_hash"};
  table.columns.resize(table.header.size());
  spectrograms::read_index(index, [&](const spectrograms::IndexLine& line, std::size_t number) {
    const std::filesystem::path file(line.clip);
    const std::string folder = file.parent_path().generic_string();
    const std::array<std::string_view, 8> cells{line.id,          folder,        line.clip,       line.duration_s,
                                                line.sample_rate, line.channels, line.media_type, line.xxh128};
    for (std::size_t i = 0; i < cells.size(); ++i) table.columns[i].append(cells[i]);
    table.numbers.push_back(number);
  });
  return table;
}

namespace {

/// Adds the column `class`.
void add_classes(ingest::tables::TextTable& table, const std::string& pattern) {
  const auto column = std::find(table.header.begin(), table.header.end(), "file") - table.header.begin();
  const ingest::tables::TextColumn& cells = table.columns[static_cast<std::size_t>(column)];
  std::vector<std::string> names;
  for (std::size_t row = 0; row < table.n_rows(); ++row) names.emplace_back(cells.at(row));
  ingest::tables::TextColumn classes;
  for (const std::string& name : parts_of_names(names, pattern, "--target-from")) classes.append(name);
  table.header.emplace_back("class");
  table.columns.push_back(std::move(classes));
}

}  // namespace

std::optional<ingest::tables::TextTable> table_of_folder(const TrainDataConfig& config) {
  if (is_of_folder(config)) {
    ingest::tables::TextTable table = folder_table(config.spectrograms);
    if (!config.target_from.empty()) add_classes(table, config.target_from);
    return table;
  }
  if (!config.target_from.empty()) {
    throw shell::UsageError(
        "--target-from takes classes out of the names of files; it needs --spectrograms without TABLE");
  }
  if (config.table.paths.empty() && config.table.label_files.empty()) {
    throw shell::UsageError("TABLE is required, or --spectrograms, whose files are then the rows");
  }
  return std::nullopt;
}

std::vector<std::vector<std::string>> name_groups(std::vector<std::string>& cells, bool are_artists) {
  const ingest::tables::Credits credits(cells);
  std::vector<std::vector<std::string>> credited = credits.names_of(cells);
  if (!are_artists) return credited;
  for (std::string& cell : cells) {
    const std::vector<std::string> names = credits.names_in(cell);
    cell = ingest::tables::artist_key(names.empty() ? cell : names.front());
  }
  for (auto& names : credited) {
    for (std::string& name : names) name = ingest::tables::artist_key(name);
  }
  return credited;
}

std::vector<std::string> parts_of_names(const std::vector<std::string>& names, const std::string& pattern,
                                        const std::string& flag) {
  std::vector<std::string> parts;
  bool any = false;
  try {
    const std::regex expression(pattern);
    for (const std::string& name : names) {
      std::smatch match;
      constexpr std::size_t kLongestName = 4096;  // std::regex recurses by the character
      const bool found = name.size() <= kLongestName && std::regex_search(name, match, expression);
      parts.push_back(found ? match[match.size() > 1 ? 1 : 0].str() : "");
      any = any || found;
    }
  } catch (const std::regex_error& error) {
    throw shell::UsageError(flag + " is '" + pattern + "', which is not a regular expression: " + error.what());
  }
  if (any || names.empty()) return parts;
  throw shell::UsageError(flag + " is '" + pattern + "', which matches none of the names, such as '" + names.front() +
                          "'");
}

std::vector<std::string> folds_of_names(const std::vector<std::string>& names, const TrainDataConfig& config) {
  if (!config.roles.split.empty() || !config.split_file.empty()) {
    throw shell::UsageError("--fold-from makes the split; it cannot be given with --split-column or --split-file");
  }
  std::vector<std::string> folds = parts_of_names(names, config.fold_from, "--fold-from");
  const auto none = std::find(folds.begin(), folds.end(), "");
  if (none == folds.end()) return folds;
  throw shell::UsageError("--fold-from is '" + config.fold_from + "', which finds no fold in '" +
                          names[static_cast<std::size_t>(none - folds.begin())] + "'; every row needs one");
}

void tell_unnamed(const std::vector<std::string>& groups, const std::vector<std::string>& names,
                  std::vector<std::string>& facts) {
  const auto none = std::find(groups.begin(), groups.end(), "");
  if (none == groups.end()) return;
  facts.push_back("warning: --group-from finds no group in " +
                  shell::count_of(static_cast<std::size_t>(std::count(groups.begin(), groups.end(), "")), "name") +
                  ", such as '" + names[static_cast<std::size_t>(none - groups.begin())] +
                  "'; each of them is a group of its own");
}

}  // namespace hitscope::apps::examples
