// Over-sampling of rare classes: random, SMOTE, or SMOTE followed by the removal of Tomek links.
//
// Definitions are imbalanced-learn's: every class is brought to the size of the largest; SMOTE (Chawla et al. 2002)
// puts a new row at a random place between a row and one of its k nearest neighbours of the same class (Euclidean,
// without the row itself); both rows of a Tomek link (two rows of different classes that are each other's nearest) are
// removed. Neighbours are exact and ties go to the lower row, so results do not depend on how a tree was built. Only a
// TrainingMatrix can be resampled, and it is made from training rows only.
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

/// Encoded training rows, [n_train, n_columns], and their classes, [n_train].
class TrainingMatrix {
 public:
  /// Encodes the training rows of `table`. `targets` [n_rows] are the classes of all its rows. Throws
  /// std::invalid_argument if they are too few or if a training row has none (-1).
  TrainingMatrix(const TableEncoder& encoder, const FeatureTable& table, std::span<const int> targets,
                 const TrainingFold& fold, int n_threads = 1);
  /// [n_train, n_columns].
  const Matrix& features() const { return features_; }
  /// [n_train], classes.
  std::span<const int> targets() const { return targets_; }

  /// The matrix with rows added (and, for Tomek links, removed). Original rows come first, in their order. A class of
  /// fewer than k_neighbors + 1 rows uses the neighbours it has. Throws std::invalid_argument naming the class if SMOTE
  /// would have to add to one with fewer than two rows or if Tomek links would remove the last row of one, and for
  /// k_neighbors < 1.
  TrainingMatrix resampled(Resampling resampling, std::uint64_t seed, int k_neighbors = 5) const;

 private:
  TrainingMatrix() = default;
  Matrix features_;
  std::vector<int> targets_;
};

/// The fold's training rows, followed by random repetitions until every class has as many rows as the largest; for
/// heads whose input is not a table. `targets` is [n_rows].
std::vector<std::size_t> oversampled(std::span<const int> targets, const TrainingFold& fold, std::uint64_t seed);

/// The k nearest other rows of each of `rows` [n_rows, n_columns]: [n_rows, k], nearest first, ties to the lower row;
/// by nanoflann. Throws std::invalid_argument for k < 1, for k >= n_rows and for numbers that are not finite.
std::vector<std::size_t> nearest_neighbors(const Matrix& rows, int k);
/// Whether each row is part of a Tomek link, [n_rows], for `rows` [n_rows, n_columns] and `targets` [n_rows]. Throws
/// std::invalid_argument if the lengths differ.
std::vector<bool> tomek_links(const Matrix& rows, std::span<const int> targets);

/// Weights [n_classes] for `targets` [n_rows]: n_rows / (number of classes with rows * rows of the class), as
/// class_weight="balanced"; 0 for a class without rows. Throws std::invalid_argument for a target that is not
/// 0..n_classes-1.
std::vector<double> balanced_class_weights(std::span<const int> targets, int n_classes);

}  // namespace hitscope::models::data
