#include "models/classical/neighbours/neighbour_index.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nanoflann.hpp>
#include <numeric>

namespace hitscope::models::classical::neighbours {
namespace {

using Found = NeighbourIndex::Neighbour;  // distance to the power p and point

/// The different rows, in the form that nanoflann needs.
struct Points {
  std::size_t n_columns = 0;
  double p = 2.0;
  std::vector<float> values;  // [n_points, n_columns]

  std::size_t count() const { return n_columns == 0 ? 0 : values.size() / n_columns; }
  std::size_t kdtree_get_point_count() const { return count(); }
  float kdtree_get_pt(std::size_t point, std::size_t column) const { return values[point * n_columns + column]; }
  template <typename Box>
  bool kdtree_get_bbox(Box&) const {
    return false;
  }

  double term(double difference) const {
    const double apart = std::abs(difference);
    if (p == 2.0) return apart * apart;
    return p == 1.0 ? apart : std::pow(apart, p);
  }
  double distance(const float* query, std::size_t point) const {
    const float* x = values.data() + point * n_columns;
    double sum = 0.0;
    if (p == 2.0) {
      for (std::size_t c = 0; c < n_columns; ++c) {
        const double apart = static_cast<double>(x[c]) - static_cast<double>(query[c]);
        sum += apart * apart;
      }
      return sum;
    }
    for (std::size_t c = 0; c < n_columns; ++c) sum += term(static_cast<double>(x[c]) - static_cast<double>(query[c]));
    return sum;
  }
};

/// The names are nanoflann's.
struct Metric {
  using ElementType = float;
  using DistanceType = double;
  explicit Metric(const Points& all) : points(all) {}
  double evalMetric(const float* query, std::size_t point, std::size_t) const { return points.distance(query, point); }
  template <typename A, typename B>
  double accum_dist(A a, B b, std::size_t) const {
    return points.term(static_cast<double>(a) - static_cast<double>(b));
  }
  const Points& points;
};
using Tree = nanoflann::KDTreeSingleIndexAdaptor<Metric, Points, -1, std::uint32_t>;

/// The nearest points that hold `wanted` rows at least.
class Nearest {
 public:
  Nearest(std::size_t wanted, std::vector<Found>& found) : wanted_(wanted), found_(found) { found.clear(); }
  std::size_t size() const { return found_.size(); }
  bool full() const { return found_.size() == wanted_; }
  bool addPoint(double distance, std::uint32_t point) {
    const Found now{distance, point};
    if (full() && !(now < found_.front())) return true;
    if (full()) {
      std::pop_heap(found_.begin(), found_.end());
      found_.back() = now;
    } else {
      found_.push_back(now);
    }
    std::push_heap(found_.begin(), found_.end());
    return true;
  }
  /// A little over the worst, so that equals are offered too, whatever the tree's bounds round to.
  double worstDist() const {
    if (!full()) return std::numeric_limits<double>::infinity();
    return found_.front().first * (1.0 + 1e-9) + std::numeric_limits<double>::min();
  }

 private:
  std::size_t wanted_;
  std::vector<Found>& found_;  // a heap, the worst first
};

}  // namespace

struct NeighbourIndex::Impl {
  data::Matrix rows;
  Points points;
  std::vector<std::uint32_t> members;  // rows, by point, rising
  std::vector<std::uint32_t> begins;   // [n_points + 1], in members
  std::unique_ptr<Tree> tree;

  const float* values(std::size_t row) const { return rows.values.data() + row * rows.n_columns; }

  /// Points are numbered by their first rows.
  void group_equal_rows() {
    std::vector<std::uint32_t> order(rows.n_rows);
    std::iota(order.begin(), order.end(), 0U);
    const auto compare = [this](std::uint32_t a, std::uint32_t b) {
      return std::lexicographical_compare_three_way(values(a), values(a) + rows.n_columns, values(b),
                                                    values(b) + rows.n_columns);
    };
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      const auto less = compare(a, b);
      return less == 0 ? a < b : less < 0;
    });
    std::vector<std::pair<std::uint32_t, std::uint32_t>> groups;  // first row and where in `order` it stands
    for (std::uint32_t i = 0; i < order.size(); ++i) {
      if (i == 0 || compare(order[i - 1], order[i]) != 0) groups.emplace_back(order[i], i);
    }
    std::sort(groups.begin(), groups.end());
    for (const auto& [first, at] : groups) {
      begins.push_back(static_cast<std::uint32_t>(members.size()));
      points.values.insert(points.values.end(), values(first), values(first) + rows.n_columns);
      for (std::size_t i = at; i < order.size() && compare(order[at], order[i]) == 0; ++i) members.push_back(order[i]);
    }
    begins.push_back(static_cast<std::uint32_t>(members.size()));
  }
};

NeighbourIndex::NeighbourIndex(data::Matrix rows, double p, bool has_tree) : impl_(std::make_unique<Impl>()) {
  constexpr std::size_t kLeafPoints = 24;
  impl_->rows = std::move(rows);
  impl_->points.n_columns = impl_->rows.n_columns;
  impl_->points.p = p;
  impl_->group_equal_rows();
  if (has_tree && impl_->points.count() > 1) {
    impl_->tree = std::make_unique<Tree>(static_cast<int>(impl_->rows.n_columns), impl_->points,
                                         nanoflann::KDTreeSingleIndexAdaptorParams(kLeafPoints));
  }
}

NeighbourIndex::~NeighbourIndex() = default;

const data::Matrix& NeighbourIndex::rows() const {
  return impl_->rows;
}

void NeighbourIndex::search(const float* query, std::size_t k, std::vector<Neighbour>& found) const {
  const Impl& self = *impl_;
  const std::size_t n_points = self.points.count();
  std::vector<Found> nearest;
  Nearest result(std::min(k, n_points), nearest);
  if (self.tree) {
    self.tree->findNeighbors(result, query, nanoflann::SearchParams());
  } else {
    for (std::uint32_t point = 0; point < n_points; ++point) {
      result.addPoint(self.points.distance(query, point), point);
    }
  }
  std::sort(nearest.begin(), nearest.end());
  found.clear();
  for (std::size_t first = 0, end = 0; first < nearest.size() && found.size() < k; first = end) {
    const std::size_t n_nearer = found.size();
    const double root = self.points.p == 1.0   ? nearest[first].first
                        : self.points.p == 2.0 ? std::sqrt(nearest[first].first)
                                               : std::pow(nearest[first].first, 1.0 / self.points.p);
    for (; end < nearest.size() && nearest[end].first == nearest[first].first; ++end) {
      const std::uint32_t point = nearest[end].second;
      const std::uint32_t stop =
          std::min<std::uint32_t>(self.begins[point + 1], self.begins[point] + static_cast<std::uint32_t>(k));
      for (std::uint32_t i = self.begins[point]; i < stop; ++i) found.emplace_back(root, self.members[i]);
    }
    std::sort(found.begin() + static_cast<std::ptrdiff_t>(n_nearer), found.end());
  }
  if (found.size() > k) found.resize(k);
}

}  // namespace hitscope::models::classical::neighbours
