// Finds rows on a straight line between two rows of their class, as SMOTE (Chawla et al. 2002) makes them.
//
// In many dimensions no natural row does. The nearest rows are sought by standardised and by raw columns: nobody knows
// by which the rows were made.
#include <array>
#include <cmath>
#include <numeric>

#include "models/evaluation/audit_checks.h"

namespace hitscope::models::evaluation {
namespace {

constexpr std::size_t kMostPerClass = 300;
constexpr std::size_t kNearest = 20;
constexpr std::size_t kFewestColumns = 3;

/// Rows of one class in standardised columns, [n_columns][n_rows].
struct ClassPoints {
  std::vector<std::size_t> rows;
  std::vector<std::vector<float>> columns;
  std::vector<std::size_t> queries;  ///< places in rows
  std::vector<char> on_line;         ///< [queries]
  std::size_t n_candidates = 0;      ///< rows that queries were drawn from
};

/// Points of every class with the test rows to look at; without a split, rows of all parts are looked at.
std::vector<ClassPoints> points_of(const Rows& rows, const std::vector<Scaled>& columns) {
  std::vector<ClassPoints> classes(static_cast<std::size_t>(rows.input.n_classes));
  for (std::size_t row = 0; row < rows.n_rows; ++row) {
    if (is_known(columns, row)) classes[static_cast<std::size_t>(rows.input.targets[row])].rows.push_back(row);
  }
  for_each_index(classes.size(), [&](std::size_t c) {
    ClassPoints& points = classes[c];
    for (std::size_t i = 0; i < points.rows.size(); ++i) {
      if (rows.n_tests == 0 || rows.tests[points.rows[i]]) points.queries.push_back(i);
    }
    points.n_candidates = points.queries.size();
    const auto by_order = [&](std::size_t x, std::size_t y) {
      return rows.order(points.rows[x]) < rows.order(points.rows[y]);
    };
    if (points.queries.size() > kMostPerClass) {
      const auto end = points.queries.begin() + kMostPerClass;
      std::nth_element(points.queries.begin(), end, points.queries.end(), by_order);
      points.queries.erase(end, points.queries.end());
    }
    std::sort(points.queries.begin(), points.queries.end());
    points.on_line.assign(points.queries.size(), 0);
    points.columns.resize(columns.size());
    for (std::size_t k = 0; k < columns.size() && !points.queries.empty(); ++k) {
      for (const std::size_t row : points.rows) points.columns[k].push_back(static_cast<float>(columns[k].at(row)));
    }
  });
  return classes;
}

/// The nearest places so far, an unordered set whose worst member goes first.
struct Nearest {
  std::array<float, kNearest> distance;
  std::array<std::size_t, kNearest> place{};
  std::size_t n = 0;
  std::size_t worst = 0;
  float limit = HUGE_VALF;

  void add(float d, std::size_t i) {
    if (n < kNearest) {
      distance[n] = d;
      place[n++] = i;
      if (n < kNearest) return;
    } else {
      distance[worst] = d;
      place[worst] = i;
    }
    worst = static_cast<std::size_t>(std::max_element(distance.begin(), distance.end()) - distance.begin());
    limit = distance[worst];
  }
};

/// The nearest of one class to some of its rows, standardised and raw; a block of rows stays in the cache for all.
void find_nearest(const ClassPoints& points, const std::vector<Scaled>& columns, std::span<const std::size_t> queries,
                  std::vector<std::array<Nearest, 2>>& nearest) {
  constexpr std::size_t kBlock = 512;
  std::array<float, kBlock> scaled;
  std::array<float, kBlock> raw;
  for (std::size_t begin = 0; begin < points.rows.size(); begin += kBlock) {
    const std::size_t n = std::min(kBlock, points.rows.size() - begin);
    for (std::size_t q = 0; q < queries.size(); ++q) {
      scaled.fill(0.0F);
      raw.fill(0.0F);
      for (std::size_t k = 0; k < columns.size(); ++k) {
        const float* values = points.columns[k].data() + begin;
        const float centre = points.columns[k][queries[q]];
        const float weight = columns[k].raw_weight;
        for (std::size_t i = 0; i < n; ++i) {
          const float square = (values[i] - centre) * (values[i] - centre);
          scaled[i] += square;
          raw[i] += weight * square;
        }
      }
      for (std::size_t i = 0; i < n; ++i) {
        // A copy is on every line through its twin: check_copies speaks of those.
        if (!(scaled[i] > 0.0F)) continue;
        if (scaled[i] < nearest[q][0].limit) nearest[q][0].add(scaled[i], begin + i);
        if (raw[i] < nearest[q][1].limit) nearest[q][1].add(raw[i], begin + i);
      }
    }
  }
}

using Point = std::vector<double>;

/// Whether s lies between a and b, to the rounding of a written table.
bool is_between(const Point& s, const Point& a, const Point& b) {
  const double tolerance = s.size() >= 6 ? 2e-3 : s.size() >= 4 ? 1e-3 : 3e-4;
  double along = 0.0;
  double length = 0.0;
  for (std::size_t k = 0; k < s.size(); ++k) {
    along += (s[k] - a[k]) * (b[k] - a[k]);
    length += (b[k] - a[k]) * (b[k] - a[k]);
  }
  if (!(along > 0.0) || along >= length) return false;
  const double t = along / length;
  double residual = 0.0;
  std::size_t n_differ = 0;
  for (std::size_t k = 0; k < s.size(); ++k) {
    const double step = b[k] - a[k];
    residual += std::pow(s[k] - a[k] - t * step, 2);
    n_differ += step * step >= 4e-4 * length ? 1 : 0;
  }
  // Near-copies of a row are near every line that ends there, so the distance must be small relative to the nearer end.
  const double allowed = std::min(tolerance, 0.01 * std::min(t, 1.0 - t));
  return n_differ >= kFewestColumns && residual <= allowed * allowed * length;
}

bool is_on_line(const ClassPoints& points, const std::vector<Scaled>& columns, std::size_t query,
                const std::array<Nearest, 2>& nearest) {
  const auto point = [&](std::size_t place) {
    Point p;
    for (const Scaled& column : columns) p.push_back(column.at(points.rows[place]));
    return p;
  };
  std::vector<std::size_t> places;
  for (const Nearest& near : nearest) {
    places.insert(places.end(), near.place.begin(), near.place.begin() + static_cast<std::ptrdiff_t>(near.n));
  }
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  std::vector<Point> ends;
  for (const std::size_t place : places) ends.push_back(point(place));
  const Point s = point(query);
  for (std::size_t i = 0; i < ends.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (is_between(s, ends[i], ends[j])) return true;
    }
  }
  return false;
}

void look_at(std::vector<ClassPoints>& classes, const std::vector<Scaled>& columns) {
  constexpr std::size_t kBatch = 16;
  std::vector<std::pair<std::size_t, std::size_t>> batches;
  for (std::size_t c = 0; c < classes.size(); ++c) {
    for (std::size_t begin = 0; begin < classes[c].queries.size(); begin += kBatch) batches.emplace_back(c, begin);
  }
  for_each_index(batches.size(), [&](std::size_t i) {
    ClassPoints& points = classes[batches[i].first];
    const std::size_t begin = batches[i].second;
    const auto queries = std::span(points.queries).subspan(begin, std::min(kBatch, points.queries.size() - begin));
    std::vector<std::array<Nearest, 2>> nearest(queries.size());
    find_nearest(points, columns, queries, nearest);
    for (std::size_t q = 0; q < queries.size(); ++q) {
      points.on_line[begin + q] = is_on_line(points, columns, queries[q], nearest[q]) ? 1 : 0;
    }
  });
}

/// Counts of the rows that were checked, by class.
struct Lines {
  std::size_t n_looked_at = 0;
  std::size_t n_on_line = 0;
  double n_touched = 0.0;  ///< estimated number of rows on a line among all candidates
  double highest = 0.0;    ///< largest share of rows on a line in a class
  double lowest = 1.0;
  std::size_t worst = 0;  ///< the class of the highest share
};

Lines lines_of(const std::vector<ClassPoints>& classes) {
  Lines lines;
  for (std::size_t c = 0; c < classes.size(); ++c) {
    const auto n = classes[c].on_line.size();
    const auto n_here = static_cast<std::size_t>(std::count(classes[c].on_line.begin(), classes[c].on_line.end(), 1));
    lines.n_looked_at += n;
    lines.n_on_line += n_here;
    if (n == 0) continue;
    const double share = static_cast<double>(n_here) / static_cast<double>(n);
    lines.n_touched += share * static_cast<double>(classes[c].n_candidates);
    if (share > lines.highest) lines.worst = c;
    lines.highest = std::max(lines.highest, share);
    lines.lowest = std::min(lines.lowest, share);
  }
  return lines;
}

}  // namespace

void check_interpolation(const Rows& rows, std::vector<Finding>& findings) {
  if (rows.input.targets.empty() || rows.n_rows == 0) return;
  const auto columns = independent_columns(rows);
  if (columns.size() < kFewestColumns) return;
  auto classes = points_of(rows, columns);
  look_at(classes, columns);
  const Lines lines = lines_of(classes);
  if (lines.n_on_line < 3 || lines.n_on_line * 100 < lines.n_looked_at) return;
  // SMOTE leaves the largest class alone. Lines in every class are the columns' own: functions of one or two of them.
  const bool made = lines.lowest <= lines.highest / 2.0;
  const double share = rows.n_tests == 0 ? 1.0 : lines.n_touched / static_cast<double>(rows.n_tests);
  const bool few = graded(share) == Severity::kWarning;
  const std::string name = rows.class_name(static_cast<int>(lines.worst));
  const std::string which = rows.n_tests == 0 ? "row" : "test row";
  findings.push_back(
      {made && !few ? Severity::kLeak : Severity::kWarning, AuditRule::kInterpolatedRows, name,
       std::to_string(lines.n_on_line) + " of " + counted(lines.n_looked_at, which) + " examined (" +
           percent(static_cast<double>(lines.n_on_line) / static_cast<double>(lines.n_looked_at)) +
           ") lie on a line between two rows of their class, " + percent(lines.highest) + " in class " + name +
           (few ? ", few among all test rows " + share_told(share) : "") +
           (made ? ": they look like SMOTE rows made before the split; resample the training rows only"
                 : ", and nearly as many in every class: columns may be functions of each other, or rows "
                   "may be synthetic; check how the table was made")});
}

}  // namespace hitscope::models::evaluation
