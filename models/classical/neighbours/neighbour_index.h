// The nearest training rows of any row, exact: by a k-d tree (nanoflann) or by looking at all.
//
// Distances are Minkowski's, sum |a - b|^p to the power 1/p, in double precision. Equal rows are one point, because a
// tree of many equal points would be searched completely; of rows as far as one another the lower come first.
// Thread safety: immutable after construction; any number of threads may search.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "models/data/table_encoder.h"

namespace hitscope::models::classical::neighbours {

class NeighbourIndex {
 public:
  /// Keeps `rows`. `p` >= 1. A tree pays up to some thirty columns.
  NeighbourIndex(data::Matrix rows, double p, bool has_tree);
  ~NeighbourIndex();
  NeighbourIndex(const NeighbourIndex&) = delete;
  NeighbourIndex& operator=(const NeighbourIndex&) = delete;

  using Neighbour = std::pair<double, std::uint32_t>;  ///< distance and row
  /// The k nearest rows of `query` [n_columns], nearest first, in `found`; 1 <= k <= n_rows.
  void search(const float* query, std::size_t k, std::vector<Neighbour>& found) const;
  const data::Matrix& rows() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hitscope::models::classical::neighbours
