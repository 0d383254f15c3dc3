// More rows of rare classes for a fit: random over-sampling, SMOTE, SMOTE followed by Tomek links.
//
// imbalanced-learn's definitions: every class is brought to the size of the largest; SMOTE (Chawla et al. 2002) puts a
// new row at a random place between a row and one of its k nearest neighbours of the same class (Euclidean, the row
// itself aside); Tomek links (two rows of different classes that are each other's nearest) lose both their rows.
// Neighbours are exact, and ties go to the lower row, so that nothing hangs on how a tree was built.
// Rows enter through a TrainingMatrix, which only training rows can become: there is no way to resample a test set.
// Thread safety: free functions without shared state. Same seed, same rows: same result.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "models/data/table_encoder.h"

namespace hitscope::models::data {

enum class Resampling { kNone, kRandom, kSmote, kSmoteTomek };
constexpr auto names_of(Resampling) {
  return std::to_array<dsp::Name<Resampling>>(
      {{Resampling::kNone, "none"},
       {Resampling::kRandom, "random", "repeat rows of rare classes"},
       {Resampling::kSmote, "smote", "add rows between neighbours of the same class (heads with table input only)"},
       {Resampling::kSmoteTomek, "smote-tomek", "smote, then remove Tomek links"}});
}

/// Encoded training rows and their targets: what a table head fits.
class TrainingMatrix {
 public:
  /// `targets` are by row of the table. Throws std::invalid_argument where they are shorter than it or a training row
  /// has none (-1).
  TrainingMatrix(const TableEncoder& encoder, const FeatureTable& table, std::span<const int> targets,
                 const TrainingFold& fold);
  const Matrix& features() const { return features_; }
  std::span<const int> targets() const { return targets_; }

  /// With rows added (and, for Tomek links, taken away). Original rows come first, in their order. Throws
  /// std::invalid_argument where SMOTE has to add to a class with fewer than two rows, or Tomek links would take the
  /// last of one, naming its number, and for k_neighbors < 1; with fewer rows than k_neighbors + 1 it uses those there
  /// are.
  TrainingMatrix resampled(Resampling resampling, std::uint64_t seed, int k_neighbors = 5) const;

 private:
  TrainingMatrix() = default;
  Matrix features_;
  std::vector<int> targets_;
};

/// The fold's training rows with rows of rarer classes repeated at random, every class as often as the largest: for
/// heads whose rows are no table rows. Original rows come first, in their order.
std::vector<std::size_t> oversampled(std::span<const int> targets, const TrainingFold& fold, std::uint64_t seed);

/// The k nearest other rows of each row of [n_rows, n_columns], nearest first, ties by the lower row; by nanoflann.
/// [n_rows, k]. Throws std::invalid_argument for k < 1, for k >= n_rows and for numbers that are not finite.
std::vector<std::size_t> nearest_neighbors(const Matrix& rows, int k);
/// Rows that are part of a Tomek link. Throws std::invalid_argument where the lengths differ.
std::vector<bool> tomek_links(const Matrix& rows, std::span<const int> targets);

/// n_rows / (classes that have rows * count of the class), as class_weight="balanced"; 0 for a class without rows.
/// Throws std::invalid_argument for a target that is not 0..n_classes-1.
std::vector<double> balanced_class_weights(std::span<const int> targets, int n_classes);

}  // namespace hitscope::models::data
