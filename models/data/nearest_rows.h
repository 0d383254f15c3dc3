// Exact nearest neighbours of a matrix's rows; ties go to the lower row. Internal to models (includes nanoflann).
//
// Distances are Euclidean. Equal rows become one point of the tree, because a tree of many equal points would be
// searched completely.
// Thread safety: immutable after construction; any number of threads may call nearest().
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <nanoflann.hpp>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "models/data/table_encoder.h"

namespace hitscope::models::data {

class NearestRows {
 public:
  /// Borrows `matrix`. Throws std::invalid_argument for numbers that are not finite.
  explicit NearestRows(const Matrix& matrix) : cloud_{&matrix, {}}, point_of_(matrix.n_rows) {
    for (std::size_t i = 0; i < matrix.values.size(); ++i) {
      if (std::isfinite(matrix.values[i])) continue;
      throw std::invalid_argument("row " + std::to_string(i / matrix.n_columns) +
                                  " holds a number that is not finite; it has no neighbours");
    }
    group_equal_rows();
    if (members_.size() > 1) tree_ = std::make_unique<Tree>(matrix.n_columns, cloud_);
  }

  // The tree refers to cloud_.
  NearestRows(const NearestRows&) = delete;
  NearestRows& operator=(const NearestRows&) = delete;

  /// The k nearest other rows of `row`, [k], nearest first; 1 <= k < n_rows.
  std::vector<std::size_t> nearest(std::size_t row, std::size_t k) const {
    const std::vector<Found> points = nearest_points(row, std::min(k + 1, members_.size()));
    std::vector<std::size_t> rows;
    for (std::size_t first = 0, end = 0; first < points.size() && rows.size() < k; first = end) {
      const std::size_t n_nearer = rows.size();
      for (; end < points.size() && points[end].first == points[first].first; ++end) {
        // More than k + 1 rows of a point are never wanted: one may be `row` itself.
        const auto& all = members_[points[end].second];
        rows.insert(rows.end(), all.begin(), all.begin() + static_cast<std::ptrdiff_t>(std::min(k + 1, all.size())));
      }
      const auto equals = rows.begin() + static_cast<std::ptrdiff_t>(n_nearer);
      rows.erase(std::remove(equals, rows.end(), row), rows.end());
      std::sort(rows.begin() + static_cast<std::ptrdiff_t>(n_nearer), rows.end());
    }
    rows.resize(k);
    return rows;
  }

 private:
  using Found = std::pair<double, std::size_t>;  // squared distance, point

  /// The points in the form nanoflann needs: the first row of every group of equal rows.
  struct Cloud {
    const Matrix* matrix;
    std::vector<std::size_t> first_rows;
    std::size_t kdtree_get_point_count() const { return first_rows.size(); }
    double kdtree_get_pt(std::size_t point, std::size_t column) const {
      return matrix->values[first_rows[point] * matrix->n_columns + column];
    }
    template <typename Box>
    bool kdtree_get_bbox(Box&) const {
      return false;
    }
  };
  using Tree = nanoflann::KDTreeSingleIndexAdaptor<nanoflann::L2_Simple_Adaptor<double, Cloud>, Cloud, -1, std::size_t>;

  /// The `capacity` smallest (distance, point) pairs; nanoflann's own result set keeps whichever of equals it meets
  /// first.
  class LeastFound {
   public:
    explicit LeastFound(std::size_t capacity) : capacity_(capacity) { found.reserve(capacity + 1); }
    std::size_t size() const { return found.size(); }
    bool full() const { return found.size() == capacity_; }
    bool addPoint(double distance, std::size_t point) {
      const Found now{distance, point};
      found.insert(std::upper_bound(found.begin(), found.end(), now), now);
      if (found.size() > capacity_) found.pop_back();
      return true;
    }
    /// A little over the worst, so that equals are offered too, whatever the tree's bounds round to.
    double worstDist() const {
      if (!full()) return std::numeric_limits<double>::infinity();
      return found.back().first * (1.0 + 1e-9) + std::numeric_limits<double>::min();
    }
    std::vector<Found> found;

   private:
    std::size_t capacity_;
  };

  std::span<const float> values(std::size_t row) const {
    return {cloud_.matrix->values.data() + row * cloud_.matrix->n_columns, cloud_.matrix->n_columns};
  }

  /// Points are numbered by their first rows, so that the lower point has the lower first row.
  void group_equal_rows() {
    std::vector<std::size_t> order(point_of_.size());
    std::iota(order.begin(), order.end(), 0);
    const auto compare = [this](std::size_t a, std::size_t b) {
      return std::lexicographical_compare_three_way(values(a).begin(), values(a).end(), values(b).begin(),
                                                    values(b).end());
    };
    std::sort(order.begin(), order.end(), [&](auto a, auto b) {
      const auto order_of = compare(a, b);
      return order_of == 0 ? a < b : order_of < 0;
    });
    std::vector<std::size_t> leader(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      leader[order[i]] = i > 0 && compare(order[i - 1], order[i]) == 0 ? leader[order[i - 1]] : order[i];
    }
    for (std::size_t row = 0; row < leader.size(); ++row) {
      if (leader[row] == row) {
        point_of_[row] = members_.size();
        members_.emplace_back();
        cloud_.first_rows.push_back(row);
      } else {
        point_of_[row] = point_of_[leader[row]];
      }
      members_[point_of_[row]].push_back(row);
    }
  }

  std::vector<Found> nearest_points(std::size_t row, std::size_t n) const {
    if (!tree_) return {{0.0, point_of_[row]}};
    const auto from = values(row);
    const std::vector<double> place(from.begin(), from.end());
    LeastFound result(n);
    tree_->findNeighbors(result, place.data(), nanoflann::SearchParams());
    return std::move(result.found);
  }

  Cloud cloud_;
  std::vector<std::size_t> point_of_;              // [n_rows], point of each row
  std::vector<std::vector<std::size_t>> members_;  // [n_points], rows of each point, rising
  std::unique_ptr<Tree> tree_;                     // null with fewer than two points
};

}  // namespace hitscope::models::data
