// What the names of files and artists say of rows: the table that a folder of audio files is, groups and folds.
//
// Collections of sounds are often kept as CLASS/CLIP.wav; their folders are then the target.
// Thread safety: free functions without shared state.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "apps/examples/train_data.h"
#include "ingest/tables/text_table.h"

namespace hitscope::apps::examples {

/// Columns id, folder (of the file, beneath the rendered folder), file, duration_s, sample_rate, channels, media_type
/// and clip_hash, for every clip of the index, failed ones included. Throws UsageError for a folder without an index.
ingest::tables::TextTable folder_table(const std::filesystem::path& spectrograms);

/// The table of the folder, where the configuration names no other. Throws UsageError where it names neither.
std::optional<ingest::tables::TextTable> table_of_folder(const TrainDataConfig& config);

/// Makes groups of the cells [n_rows] of their column: artists go by the first that is credited, in one spelling.
/// Returns all whom each cell credits; empty where none credits several.
std::vector<std::vector<std::string>> name_groups(std::vector<std::string>& cells, bool are_artists);

/// Of each name what the first group of the regular expression `pattern` (ECMAScript) matches in it, or all that
/// matches where it has no group; names without a match give an empty text. Throws UsageError, which names the option
/// `flag`, for a pattern that is not valid or matches no name.
std::vector<std::string> parts_of_names(const std::vector<std::string>& names, const std::string& pattern,
                                        const std::string& flag);

/// The folds that `fold_from` finds in the names. Throws UsageError for a name without one, or where the configuration
/// has another source of folds.
std::vector<std::string> folds_of_names(const std::vector<std::string>& names, const TrainDataConfig& config);

/// Adds a fact where names have no group, which leaves their rows in groups of their own.
void tell_unnamed(const std::vector<std::string>& groups, const std::vector<std::string>& names,
                  std::vector<std::string>& facts);

}  // namespace hitscope::apps::examples
