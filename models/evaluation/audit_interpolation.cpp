// Rows that lie on a straight line between two rows of their class, as SMOTE (Chawla et al. 2002) makes them.
//
// In many dimensions no natural row does. The nearest rows are sought by standardised and by raw columns: nobody knows
// by which the rows were made.
#include <array>
#include <cmath>
#include <numeric>

#include "models/evaluation/audit_checks.h"

namespace hitscope::models::audit_checks {
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
};

struct Scaled {
  const std::vector<double>* values = nullptr;
  double mean = 0.0;
  double deviation = 1.0;
  float raw_weight = 1.0F;  ///< what a squared standardised difference counts among raw ones
  double at(std::size_t row) const { return ((*values)[row] - mean) / deviation; }
};

/// Columns of many values with few gaps, standardised. On a coarse grid neighbours are in line by chance.
std::vector<Scaled> scaled_columns(const Rows& rows) {
  const auto& numeric = rows.input.table.numeric;
  std::vector<Scaled> all(numeric.size());
  const std::size_t n_coarse = std::clamp<std::size_t>(rows.n_rows / 4, kFewValues, 250);
  for_each_index(numeric.size(), [&](std::size_t i) {
    const auto& values = numeric[i].values;
    if (!is_continuous(values, n_coarse)) return;
    double sum = 0.0;
    double n = 0.0;
    for (const double value : values) {
      if (std::isfinite(value)) sum += value, n += 1.0;
    }
    double squares = 0.0;
    for (const double value : values) {
      if (std::isfinite(value)) squares += (value - sum / n) * (value - sum / n);
    }
    const double deviation = std::sqrt(squares / n);
    if (n < 0.8 * static_cast<double>(rows.n_rows) || !(deviation > 0.0) || !std::isfinite(deviation)) return;
    all[i] = {&values, sum / n, deviation, 1.0F};
  });
  std::erase_if(all, [](const Scaled& column) { return column.values == nullptr; });
  return all;
}

bool is_known(const std::vector<Scaled>& columns, std::size_t row) {
  return std::all_of(columns.begin(), columns.end(),
                     [row](const Scaled& c) { return std::isfinite((*c.values)[row]); });
}

/// Leaves out columns that are sums of others: rows on a line in three copies of one column say nothing. Pivoted
/// Cholesky of the correlations, which stops where less than a twentieth of a column is its own.
std::vector<Scaled> independent(const std::vector<Scaled>& columns, const Rows& rows) {
  constexpr std::size_t kMostRows = 5000;
  const std::size_t step = std::max<std::size_t>(1, rows.n_rows / kMostRows);
  const std::size_t n = columns.size();
  std::vector<double> correlation(n * n);
  double n_rows = 0.0;
  for (std::size_t row = 0; row < rows.n_rows; row += step) {
    if (!is_known(columns, row)) continue;
    n_rows += 1.0;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) correlation[i * n + j] += columns[i].at(row) * columns[j].at(row);
    }
  }
  std::vector<Scaled> kept;
  if (n_rows == 0.0) return kept;
  std::vector<double> left(n);
  for (std::size_t i = 0; i < n; ++i) left[i] = correlation[i * n + i];
  std::vector<double> whole = left;
  while (kept.size() < n) {
    std::size_t best = n;
    for (std::size_t i = 0; i < n; ++i) {
      const double own = correlation[i * n + i];
      if (own > 0.05 * whole[i] && (best == n || own / whole[i] > correlation[best * n + best] / whole[best])) best = i;
    }
    if (best == n) break;
    kept.push_back(columns[best]);
    const double pivot = correlation[best * n + best];
    std::vector<double> line(correlation.begin() + static_cast<std::ptrdiff_t>(best * n),
                             correlation.begin() + static_cast<std::ptrdiff_t>((best + 1) * n));
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) correlation[i * n + j] -= line[i] * line[j] / pivot;
    }
    correlation[best * n + best] = 0.0;
  }
  double largest = 0.0;
  for (const Scaled& column : kept) largest = std::max(largest, column.deviation);
  for (Scaled& column : kept) column.raw_weight = static_cast<float>(std::pow(column.deviation / largest, 2));
  return kept;
}

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
  // Near-copies of a row are near every line that ends there: the miss must be small beside the way to the nearer end.
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

}  // namespace

void check_interpolation(const Rows& rows, std::vector<Finding>& findings) {
  if (rows.input.targets.empty() || rows.n_rows == 0) return;
  const auto columns = independent(scaled_columns(rows), rows);
  if (columns.size() < kFewestColumns) return;
  auto classes = points_of(rows, columns);
  look_at(classes, columns);
  std::size_t n_looked_at = 0;
  std::size_t n_on_line = 0;
  double highest = 0.0;
  double lowest = 1.0;
  std::size_t worst = 0;
  for (std::size_t c = 0; c < classes.size(); ++c) {
    const auto n = classes[c].on_line.size();
    const auto n_here = static_cast<std::size_t>(std::count(classes[c].on_line.begin(), classes[c].on_line.end(), 1));
    n_looked_at += n;
    n_on_line += n_here;
    if (n == 0) continue;
    const double share = static_cast<double>(n_here) / static_cast<double>(n);
    if (share > highest) worst = c;
    highest = std::max(highest, share);
    lowest = std::min(lowest, share);
  }
  if (n_on_line < 3 || n_on_line * 100 < n_looked_at) return;
  // SMOTE leaves the largest class alone. Lines in every class are the columns' own: functions of one or two of them.
  const bool made = lowest <= highest / 2.0;
  const std::string name = rows.class_name(static_cast<int>(worst));
  const std::string which = rows.n_tests == 0 ? "row" : "test row";
  findings.push_back(
      {made ? Severity::kLeak : Severity::kWarning, AuditRule::kInterpolatedRows, name,
       std::to_string(n_on_line) + " of " + counted(n_looked_at, which) + " looked at (" +
           percent(static_cast<double>(n_on_line) / static_cast<double>(n_looked_at)) +
           ") lie on a line between two rows of their class, " + percent(highest) + " in class " + name +
           (made ? ": SMOTE before the split made them; resample training rows only"
                 : ", and much the same in every class: columns may be functions of one another, or rows made up")});
}

}  // namespace hitscope::models::audit_checks
