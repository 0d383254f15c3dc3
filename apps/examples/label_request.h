// What the labels of a training ask of its table: their scheme, and that no cell of the target is lost.
// Thread safety: free functions without shared state.
#pragma once

#include <string>

#include "apps/examples/train_data.h"

namespace hitscope::apps::examples {

/// The request for the table, with the columns by which cleaning tells songs apart.
ingest::tables::TableRequest with_roles(const TrainDataConfig& config);
/// The scheme of the labels as text, the default included.
std::string label_spec(const TrainDataConfig& config);
/// Whether such labels are made of texts rather than numbers.
bool is_of_texts(models::data::LabelKind kind);
/// The target where its words are classes: they must not be lost, whatever most of the column looks like; an edited
/// schema is obeyed. `config` must outlive the result.
ingest::tables::ChooseColumn label_column_of(const TrainDataConfig& config);

}  // namespace hitscope::apps::examples
