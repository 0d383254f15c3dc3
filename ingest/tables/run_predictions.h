// Takes the test rows of one head out of a run's predictions.csv, with their groups out of the split.csv beside it.
// Thread safety: free functions without shared state.
#pragma once

#include <filesystem>
#include <string>

#include "ingest/tables/text_table.h"

namespace hitscope::ingest::tables {

/// Whether the table is a predictions.csv as `train` writes it.
bool is_of_run(const TextTable& table);

/// The columns id, target, y_pred, group (where split.csv is there) and, for classes, "proba_CLASS" of the test rows.
/// Throws InputError for a head that the table does not have, for several where `head` is empty, and without test rows.
TextTable test_rows_of(const TextTable& table, const std::string& head, const std::filesystem::path& file);

}  // namespace hitscope::ingest::tables
