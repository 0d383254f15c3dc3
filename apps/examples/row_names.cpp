#include "apps/examples/row_names.h"

#include <array>
#include <regex>

#include "apps/examples/label_request.h"
#include "apps/shell/verb.h"
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

std::optional<ingest::tables::TextTable> table_of_folder(const TrainDataConfig& config) {
  if (is_of_folder(config)) return folder_table(config.spectrograms);
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
      const bool found = std::regex_search(name, match, expression);
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

}  // namespace hitscope::apps::examples
