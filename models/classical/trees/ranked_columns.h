// The training rows as trees see them: of each value its rank among the column's different ones.
//
// Splits compare values only, so a tree on ranks is the tree on values. Ranks are small whole numbers: the rows of a
// node are counted per rank, without sorting them, wherever the node has enough rows. Internal to models/classical.
// Thread safety: immutable after construction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/data/table_encoder.h"

namespace hitscope::models::classical::trees {

/// Sorts `keys` by their bits 32..32+n_bits, keeping the order of equal ones; `spare` is of the same length.
void radix_sort(std::vector<std::uint64_t>& keys, std::vector<std::uint64_t>& spare, unsigned n_bits);

class RankedColumns {
 public:
  RankedColumns(const data::Matrix& features, int n_threads);

  std::size_t n_rows() const { return n_rows_; }
  std::size_t n_columns() const { return values_.size(); }
  /// [n_rows]
  const std::uint32_t* ranks(std::size_t column) const { return ranks_.data() + column * n_rows_; }
  /// The column's different values, rising.
  const std::vector<float>& values(std::size_t column) const { return values_[column]; }
  /// Where to part rows of this rank from those of the next that a node has. Exact, and so never the greater of the
  /// two.
  double threshold(std::size_t column, std::uint32_t rank, std::uint32_t next) const {
    return 0.5 * static_cast<double>(values_[column][rank]) + 0.5 * static_cast<double>(values_[column][next]);
  }

 private:
  void rank(const data::Matrix& features, std::size_t column);

  std::size_t n_rows_;
  std::vector<std::uint32_t> ranks_;  // [n_columns, n_rows]
  std::vector<std::vector<float>> values_;
};

}  // namespace hitscope::models::classical::trees
