#include "ingest/tables/table_roles.h"

#include <fmt/format.h>

#include <array>

#include "ingest/input_error.h"
#include "ingest/tables/column_roles.h"

namespace hitscope::ingest::tables {
namespace {

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

std::size_t require_column(const TypedTable& table, const std::string& name, const char* field) {
  if (const auto index = table.find(name)) return *index;
  throw InputError(fmt::format("{}: `{}` names the column '{}', which it does not have; its columns are: {}",
                               table.name, field, name, listed(table.header())));
}

const char* TableRoles::why_no_feature(std::size_t column) const {
  if (column == target) return "the target";
  if (popularity == column) return "the outcome";
  if (id == column) return "the id";
  if (url == column) return "a URL";
  if (file == column) return "a file name";
  if (group == column || artist == column) return "the group";
  if (split == column) return "the split";
  if (fold == column) return "perhaps folds, see above";
  if (title == column) return "the title";
  if (isrc == column) return "the recording code";
  if (clip_hash == column) return "the clip's hash";
  return nullptr;
}

std::optional<std::size_t> likely_artist(const TypedTable& table, const TableRoles& roles) {
  constexpr std::array<std::string_view, 10> kWords{"artist",  "performer", "singer",    "band",   "musician",
                                                    "creator", "composer",  "interpret", "author", "speaker"};
  const std::vector<std::string> header = table.header();
  for (const std::string_view word : kWords) {
    for (std::size_t i = 0; i < header.size(); ++i) {
      const bool is_text = table.columns[i].schema.type == ColumnType::kText;
      if (is_text && roles.why_no_feature(i) == nullptr && role_name(header[i]).find(word) != std::string::npos)
        return i;
    }
  }
  return std::nullopt;
}

TableRoles find_roles(const TypedTable& table, const RoleNames& names) {
  const std::vector<std::string> header = table.header();
  const auto role = [&](const std::string& given, ColumnRole usual, const char* field) {
    return given.empty() ? find_role(header, usual) : std::optional(require_column(table, given, field));
  };
  TableRoles roles;
  roles.id = role(names.id, ColumnRole::kId, "id_column");
  roles.artist = role(names.artist, ColumnRole::kArtist, "artist_column");
  roles.title = role(names.title, ColumnRole::kTitle, "title_column");
  roles.popularity = role(names.popularity, ColumnRole::kPopularity, "popularity_column");
  roles.date = role(names.date, ColumnRole::kReleaseDate, "date_column");
  roles.isrc = role("", ColumnRole::kIsrc, "");
  roles.clip_hash = role("", ColumnRole::kClipHash, "");
  roles.url = role("", ColumnRole::kUrl, "");
  roles.file = role("", ColumnRole::kFile, "");
  if (names.target.empty() && !roles.popularity) {
    throw InputError(fmt::format(
        "{}: has no popularity column; name the column to predict with `target`, or that of the popularity with "
        "`popularity_column`; its columns are: {}",
        table.name, listed(header)));
  }
  roles.target = names.target.empty() ? *roles.popularity : require_column(table, names.target, "target");
  roles.group = names.group.empty() ? roles.artist : std::optional(require_column(table, names.group, "group_column"));
  if (!names.split.empty()) roles.split = require_column(table, names.split, "split_column");
  roles.fold = role("", ColumnRole::kFold, "");
  if (roles.fold == roles.split || (roles.fold && *roles.fold == roles.target)) roles.fold.reset();
  if (roles.date && !table.columns[*roles.date].is_numeric()) {
    if (!names.date.empty()) throw InputError(table.name + ": `date_column` " + names.date + " holds no dates");
    roles.date.reset();
  }
  return roles;
}

}  // namespace hitscope::ingest::tables
