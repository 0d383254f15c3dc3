#include "apps/examples/label_request.h"

#include <fmt/format.h>

#include <optional>
#include <set>

#include "apps/spectrograms/clip_index.h"

namespace hitscope::apps::examples {

ingest::tables::TableRequest with_roles(const TrainDataConfig& config) {
  ingest::tables::TableRequest request = config.table;
  request.cleaning.artist_column = config.roles.artist;
  request.cleaning.title_column = config.roles.title;
  if (is_of_folder(config)) request.paths = {config.spectrograms / spectrograms::kIndexFile};
  return request;
}

ingest::tables::RoleNames roles_of(const TrainDataConfig& config) {
  ingest::tables::RoleNames roles = config.roles;
  if (!config.table.label_files.empty() && roles.target.empty()) roles.target = "label";
  if (!config.target_from.empty() && roles.target.empty()) roles.target = "class";
  return roles;
}

bool is_of_folder(const TrainDataConfig& config) {
  return config.table.paths.empty() && config.table.label_files.empty() && !config.spectrograms.empty();
}

ChosenLabels chosen_labels(const TrainDataConfig& config, const ingest::tables::TypedTable& table) {
  if (!config.labels.empty()) return {config.labels, ""};
  const ingest::tables::RoleNames names = roles_of(config);
  if (names.target.empty()) return {"34,67", ""};
  const ingest::tables::TableRoles roles = find_roles(table, names);
  const ingest::tables::TypedColumn& target = table.columns[roles.target];
  if (!target.is_numeric() || target.schema.type == ingest::tables::ColumnType::kBoolean) return {"categories", ""};
  if (roles.popularity == roles.target) return {"34,67", ""};
  constexpr std::size_t kMostClasses = 20;
  std::set<double> values;
  for (std::size_t row = 0; row < table.n_rows() && values.size() <= kMostClasses; ++row) {
    if (!target.missing[row]) values.insert(target.numbers[row]);
  }
  if (values.size() <= kMostClasses) return {"categories", ""};
  return {"regression",
          fmt::format("labels: '{}' is a number with more than {} values, so the value itself is predicted; "
                      "--labels categories makes a class of each, --labels quantiles:4 four of equal size",
                      target.schema.name, kMostClasses)};
}

std::vector<std::filesystem::path> files_of_labels(const TrainDataConfig& config) {
  std::vector<std::filesystem::path> files = ingest::tables::files_of_labels(config.table);
  const std::string& spec = config.labels;
  if (spec.starts_with("map:")) files.emplace_back(spec.substr(spec.find(':') + 1));
  return files;
}

bool is_of_texts(models::data::LabelKind kind) {
  return kind == models::data::LabelKind::kCategories || kind == models::data::LabelKind::kMapping;
}

ingest::tables::ChooseColumn label_column_of(const TrainDataConfig& config) {
  return [&config](const ingest::tables::TypedTable& table) -> std::optional<std::size_t> {
    if (!config.table.schema.empty()) return {};
    if (!is_of_texts(models::data::parse_label_spec(chosen_labels(config, table).spec).kind)) return {};
    return find_roles(table, roles_of(config)).target;
  };
}

}  // namespace hitscope::apps::examples
