// Examples as the heads see them: spectrograms and/or table columns, with one target per row.
//
// Rows are numbered 0..n_rows-1 in every member. Nothing here is learned from data.
// Thread safety: plain values; spectrogram bytes are borrowed and must outlive the dataset.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace hitscope::models::data {

struct NumericColumn {
  std::string name;
  std::vector<double> values;  ///< [n_rows], NaN where missing
};

struct CategoricalColumn {
  std::string name;
  std::vector<std::string> values;  ///< [n_rows], empty where missing
};

struct FeatureTable {
  std::vector<NumericColumn> numeric;
  std::vector<CategoricalColumn> categorical;
  bool empty() const { return numeric.empty() && categorical.empty(); }
};

enum class StoredType { kFloat16, kFloat32 };

/// Borrowed spectrograms in decibels, each [n_bins, n_frames] row-major.
struct SpectrogramView {
  int n_bins = 0;
  int n_frames = 0;
  StoredType type = StoredType::kFloat16;
  std::vector<const std::byte*> rows;  ///< [n_rows], or empty where there are no spectrograms
};

struct Dataset {
  std::size_t n_rows = 0;
  FeatureTable table;
  SpectrogramView spectrograms;
  std::vector<int> targets;    ///< [n_rows], 0..n_classes-1; empty when only predicting
  int n_classes = 0;           ///< 0: regression
  std::vector<double> values;  ///< [n_rows] of a regression; else empty
};

/// Class probabilities, one row per example.
struct Probabilities {
  std::size_t n_rows = 0;
  int n_classes = 0;
  std::vector<double> values;  ///< [n_rows, n_classes], each row sums to 1
  double threshold = 0.5;      ///< of two classes: the second is predicted at this probability and above; at 0.5, as
                               ///< of equals, the first

  double at(std::size_t row, int c) const { return values[row * n_classes + c]; }
  /// Most probable class of a row, the lowest of equals; of two classes, what the threshold says.
  int predicted(std::size_t row) const;
};

}  // namespace hitscope::models::data
