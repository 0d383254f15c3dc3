#include "apps/examples/label_request.h"

#include <optional>

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

std::string label_spec(const TrainDataConfig& config) {
  if (!config.labels.empty()) return config.labels;
  return roles_of(config).target.empty() ? "34,67" : "categories";
}

std::vector<std::filesystem::path> files_of_labels(const TrainDataConfig& config) {
  std::vector<std::filesystem::path> files = ingest::tables::files_of_labels(config.table);
  const std::string spec = label_spec(config);
  if (spec.starts_with("map:")) files.emplace_back(spec.substr(spec.find(':') + 1));
  return files;
}

bool is_of_texts(models::data::LabelKind kind) {
  return kind == models::data::LabelKind::kCategories || kind == models::data::LabelKind::kMapping;
}

ingest::tables::ChooseColumn label_column_of(const TrainDataConfig& config) {
  return [&config](const ingest::tables::TypedTable& table) -> std::optional<std::size_t> {
    if (!config.table.schema.empty() || !is_of_texts(models::data::parse_label_spec(label_spec(config)).kind))
      return {};
    return find_roles(table, roles_of(config)).target;
  };
}

}  // namespace hitscope::apps::examples
