#include "apps/examples/label_request.h"

#include <optional>

#include "apps/spectrograms/clip_index.h"

namespace hitscope::apps::examples {

ingest::tables::TableRequest with_roles(const TrainDataConfig& config) {
  ingest::tables::TableRequest request = config.table;
  request.cleaning.artist_column = config.roles.artist;
  request.cleaning.title_column = config.roles.title;
  if (is_of_folder(config)) request.path = config.spectrograms / spectrograms::kIndexFile;
  return request;
}

bool is_of_folder(const TrainDataConfig& config) {
  return config.table.path.empty() && !config.spectrograms.empty();
}

std::string label_spec(const TrainDataConfig& config) {
  if (!config.labels.empty()) return config.labels;
  return config.roles.target.empty() ? "34,67" : "categories";
}

std::vector<std::filesystem::path> files_of_labels(const TrainDataConfig& config) {
  const std::string spec = label_spec(config);
  if (!spec.starts_with("map:")) return {};
  return {spec.substr(spec.find(':') + 1)};
}

bool is_of_texts(models::data::LabelKind kind) {
  return kind == models::data::LabelKind::kCategories || kind == models::data::LabelKind::kMapping;
}

ingest::tables::ChooseColumn label_column_of(const TrainDataConfig& config) {
  return [&config](const ingest::tables::TypedTable& table) -> std::optional<std::size_t> {
    if (!config.table.schema.empty() || !is_of_texts(models::data::parse_label_spec(label_spec(config)).kind))
      return {};
    return find_roles(table, config.roles).target;
  };
}

}  // namespace hitscope::apps::examples
