// From a catalogue and a folder of spectrograms to a dataset with labels: which rows can be used, which columns are
// features, and why the others are not.
// Thread safety: plain values after loading.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/pipeline/spectrogram_store.h"
#include "ingest/tables/catalogue.h"
#include "models/data/dataset.h"
#include "models/data/labels.h"

namespace hitscope::apps {

struct TrainDataConfig {
  std::filesystem::path catalogue;
  std::filesystem::path spectrograms;  ///< empty: table columns only
  ingest::ColumnNames columns;
  std::string target;                 ///< column; empty: the popularity column
  std::vector<double> thresholds;     ///< class edges; empty: 34, 67 for popularity, else categories
  std::string group_column;           ///< empty: the artist column
  std::string split_column;           ///< empty: none; it is never a feature
  std::vector<std::string> features;  ///< columns to use; empty: all that can be; {"none"}: no table columns
};

/// A catalogue row and where it went.
struct TrainRow {
  std::size_t row = 0;  ///< in the catalogue, the header being row 1
  std::string id;
  std::optional<std::size_t> example;      ///< its row in the dataset
  std::optional<ingest::Failure> failure;  ///< set where there is no example
};

struct TrainData {
  models::Dataset dataset;
  std::optional<models::LabelScheme> labels;
  std::string target_column;
  std::string group_column;                 ///< empty: no groups
  std::vector<TrainRow> rows;               ///< every catalogue row
  std::vector<std::string> groups;          ///< by example; all empty without a group column
  std::vector<std::string> songs;           ///< by example: artist and title, empty where either is unknown
  std::vector<std::string> split_values;    ///< by example; empty without a split column
  std::vector<std::string> unused_columns;  ///< "name (reason)"
  std::unique_ptr<SpectrogramStore> store;  ///< owns what the dataset borrows
};

/// Throws UsageError for a catalogue, column, label scheme or spectrogram folder that cannot be used.
TrainData load_train_data(const TrainDataConfig& config);

}  // namespace hitscope::apps
