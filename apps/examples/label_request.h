// What the labels of a training require of its table: roles of columns, the scheme, and that no cell of the target is
// lost.
// Thread safety: free functions without shared state.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "apps/examples/train_data.h"

namespace hitscope::apps::examples {

/// The roles of columns; the target is the column "label" where a table for each class makes it.
ingest::tables::RoleNames roles_of(const TrainDataConfig& config);
/// Whether the table is made of the files that were rendered, as no other is named.
bool is_of_folder(const TrainDataConfig& config);
/// The request for the table, completed with the columns by which cleaning identifies songs.
ingest::tables::TableRequest with_roles(const TrainDataConfig& config);
/// The label scheme as text, and why it is the one where none was chosen: popularity becomes classes by its usual
/// thresholds, another number of many values is predicted itself, and every other column has a class for each value.
struct ChosenLabels {
  std::string spec;
  std::string why;  ///< "tempo has 412 values: …"; empty where it goes without saying
};
ChosenLabels chosen_labels(const TrainDataConfig& config, const ingest::tables::TypedTable& table);
/// The files that labels come from: that of the scheme ("map:FILE"), and a table for each class.
std::vector<std::filesystem::path> files_of_labels(const TrainDataConfig& config);
/// Whether labels of this kind are made from texts rather than numbers.
bool is_of_texts(models::data::LabelKind kind);
/// Chooses the target column if its texts are classes, so that none of them is lost even if most of the column looks
/// numeric; a type set in the schema takes precedence. `config` must outlive the result.
ingest::tables::ChooseColumn label_column_of(const TrainDataConfig& config);

}  // namespace hitscope::apps::examples
