// From tables and a folder of spectrograms to examples: which rows can be used, which columns are features, what the
// target says of each row, and why the others are not. Labels come later: their edges are learned from a training fold.
// Thread safety: plain values after loading.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/examples/feature_columns.h"
#include "apps/spectrograms/spectrogram_store.h"
#include "dsp/fields.h"
#include "ingest/tables/table_loading.h"
#include "ingest/tables/table_roles.h"
#include "models/data/examples.h"
#include "models/data/labels.h"
#include "models/data/targets.h"

namespace hitscope::apps::examples {

struct TrainDataConfig {
  ingest::tables::TableRequest table;
  std::filesystem::path spectrograms;  ///< empty: table columns only
  ingest::tables::RoleNames roles;
  std::string labels;                ///< as parse_label_spec; empty: 34,67 for popularity, else categories
  std::filesystem::path split_file;  ///< a split.csv (id or row, part) to use instead of a column
  std::string target_from;           ///< regular expression that takes the class out of a row's file name; empty: none
  std::string group_from;  ///< regular expression that takes the group out of a row's file name or id; empty: none
  std::string fold_from;   ///< the same for the part or fold
  FeatureRequest features;
  bool need_dates = false;  ///< rows without a date are failures

  /// Without `table`, `roles` and `features`, which describe themselves.
  template <typename Visit>
  static void describe(Visit&& visit) {
    using C = TrainDataConfig;
    visit(&C::spectrograms,
          {.name = "spectrograms",
           .help = "folder made by render; its spectrograms are joined to the rows by id. Without TABLE, "
                   "its files are the rows: columns id, folder, file, duration_s, sample_rate, channels",
           .value = "DIR",
           .is_identity = false});
    visit(
        &C::labels,
        {.name = "labels",
         .help = "how the target becomes classes, or values to predict (default: 34,67 for popularity, regression for "
                 "other numbers of more than 20 values, categories for the rest)",
         .value = "SCHEME"});
    visit(&C::split_file, {.name = "split_file",
                           .help = "use the split in this file, a split.csv of another run",
                           .value = "FILE",
                           .is_identity = false});
    visit(
        &C::target_from,
        {.name = "target_from",
         .help = "without TABLE: regular expression whose first group, in the name of a file, is its class, the column "
                 "`class`: '([^/]+)/[^/]+$' is the folder that the file lies in",
         .value = "REGEX"});
    visit(
        &C::group_from,
        {.name = "group_from",
         .help =
             "regular expression whose first group, in the file name (or id) of a row, is its group: '(speaker\\d+)_'",
         .value = "REGEX"});
    visit(&C::fold_from, {.name = "fold_from",
                          .help = "the same for the fold, as `split_column` has it in a column: 'fold(\\d)/'",
                          .value = "REGEX"});
    visit(&C::need_dates, {.name = "need_dates", .is_identity = false, .flag = "-"});
  }
};

/// A row of the table and where it went.
struct TrainRow {
  std::size_t row = 0;  ///< its number in the file
  std::string id;
  std::optional<std::size_t> example;      ///< its number among the examples
  std::optional<ingest::Failure> failure;  ///< set where there is no example
};

inline constexpr const char* kClipIdentity = "clip";  ///< the name of an Identity by the hash of the clip

/// What makes examples the same thing, by some key.
struct Identity {
  std::string name;               ///< for people: "song (artist and title)", "ISRC", "clip"
  std::vector<std::string> keys;  ///< by example; empty where unknown
};

struct TrainData {
  models::data::Examples examples;       ///< what no split changes; labels: see labelling.h
  models::data::RawTargets raw_targets;  ///< by example
  models::data::LabelConfig labels;
  std::vector<int> strata;  ///< by example: what splits balance; never labels
  std::string table_name;
  std::string target_column;
  std::string group_column;         ///< empty: no groups
  std::string likely_artist;        ///< column that may be of artists but has no role; empty: none
  bool is_of_folder = false;        ///< rows are the files of a folder, without a table
  bool no_artist = false;           ///< the user says that the rows have no artists
  std::string date_column;          ///< empty: no dates
  std::vector<TrainRow> rows;       ///< every row of the file
  std::vector<std::string> groups;  ///< by example; all empty without a group column; artists by the first credited
  std::vector<Identity> identities;
  /// By example: all whom the group's cell names. Empty where no cell names several.
  std::vector<std::vector<std::string>> credits;
  std::vector<double> times;                      ///< by example; empty without dates in every row
  std::vector<std::string> split_values;          ///< by example; empty without a split column or file
  std::string split_source;                       ///< that file, or table and column
  std::vector<std::string> unused_columns;        ///< "name (reason)"
  std::vector<std::string> facts;                 ///< what loading found, one sentence each
  std::vector<std::vector<std::string>> columns;  ///< the typed schema as cells, the first row names them
  std::vector<ingest::tables::CleaningCount> left_out;
  ingest::tables::TableSchema schema;
  std::unique_ptr<spectrograms::SpectrogramStore> store;  ///< owns what the examples borrow
};

/// By example: the hashes of the clips, empty where unknown; nullptr where none is known.
const std::vector<std::string>* clip_hashes(const TrainData& data);

/// Throws UsageError for a table, column, label scheme or spectrogram folder that cannot be used.
TrainData load_train_data(const TrainDataConfig& config);

/// Why rows are no examples, by kind, with examples; nothing of those that a flag left out.
void tell_failures(const TrainData& data, std::ostream& out);
/// Rows that a flag leaves out are fine.
bool all_rows_fine(const TrainData& data);

}  // namespace hitscope::apps::examples
