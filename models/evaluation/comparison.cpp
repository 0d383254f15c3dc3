#include "models/evaluation/comparison.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <tuple>

#include "models/evaluation/group_bootstrap.h"

namespace hitscope::models::evaluation {
namespace {

void require_class(const char* field, int value, int n_classes) {
  if (value >= 0 && value < n_classes) return;
  throw std::invalid_argument(std::string("bootstrap: ") + field + " holds " + std::to_string(value) +
                              ", must be a class from 0 to " + std::to_string(n_classes - 1));
}

/// A target with what both predictors say of it. Of the many there could be, only those that occur are counted.
struct Cell {
  int target;
  int a;
  int b;
  auto key() const { return std::tie(target, a, b); }
};

/// The number of rows of every group in each cell.
class GroupedCells {
 public:
  struct Entry {
    std::uint32_t cell;
    std::uint32_t n_rows;
  };

  GroupedCells(const std::vector<Cell>& rows, const Groups& groups) : cells(rows), starts_(groups.n_groups + 1, 0) {
    const auto less = [](const Cell& x, const Cell& y) { return x.key() < y.key(); };
    std::sort(cells.begin(), cells.end(), less);
    const auto same = [](const Cell& x, const Cell& y) { return x.key() == y.key(); };
    cells.erase(std::unique(cells.begin(), cells.end(), same), cells.end());
    std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto cell = std::lower_bound(cells.begin(), cells.end(), rows[i], less) - cells.begin();
      pairs.emplace_back(groups.of_row[i], static_cast<std::uint32_t>(cell));
    }
    std::sort(pairs.begin(), pairs.end());
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      if (i == 0 || pairs[i] != pairs[i - 1]) entries_.push_back({pairs[i].second, 0});
      ++entries_.back().n_rows;
      starts_[pairs[i].first + 1] = static_cast<std::uint32_t>(entries_.size());
    }
  }

  void count(const std::vector<std::uint32_t>& drawn, std::vector<std::uint64_t>& counts) const {
    counts.assign(cells.size(), 0);
    for (std::size_t g = 0; g < drawn.size(); ++g) {
      if (drawn[g] == 0) continue;
      for (std::uint32_t e = starts_[g]; e < starts_[g + 1]; ++e) {
        counts[entries_[e].cell] += static_cast<std::uint64_t>(drawn[g]) * entries_[e].n_rows;
      }
    }
  }

  std::vector<Cell> cells;

 private:
  std::vector<std::uint32_t> starts_;  ///< group g's entries: starts_[g] to starts_[g + 1]
  std::vector<Entry> entries_;
};

/// Accuracy, macro F1 and balanced accuracy of both predictors.
struct BothScores {
  double accuracy_a = 0.0;
  double accuracy_b = 0.0;
  double macro_f1_a = 0.0;
  double macro_f1_b = 0.0;
  double balanced_a = 0.0;
  double chance = 0.0;  ///< 1 / classes that have targets
};

class CellScorer {
 public:
  CellScorer(const std::vector<Cell>& cells, int n_classes) : cells_(cells), tallies_(n_classes) {}

  BothScores operator()(const std::vector<std::uint64_t>& counts) {
    std::fill(tallies_.begin(), tallies_.end(), Tally{});
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      const Cell& cell = cells_[i];
      total += counts[i];
      tallies_[cell.target].support += counts[i];
      tallies_[cell.a].predicted[0] += counts[i];
      tallies_[cell.b].predicted[1] += counts[i];
      if (cell.a == cell.target) tallies_[cell.target].correct[0] += counts[i];
      if (cell.b == cell.target) tallies_[cell.target].correct[1] += counts[i];
    }
    const auto n = static_cast<double>(total);
    return {static_cast<double>(correct(0)) / n,
            static_cast<double>(correct(1)) / n,
            macro_f1(0),
            macro_f1(1),
            balanced(0),
            1.0 / n_supported()};
  }

 private:
  struct Tally {
    std::uint64_t support = 0;
    std::array<std::uint64_t, 2> predicted{};
    std::array<std::uint64_t, 2> correct{};
  };

  std::uint64_t correct(int side) const {
    std::uint64_t sum = 0;
    for (const Tally& t : tallies_) sum += t.correct[side];
    return sum;
  }

  /// Over the classes seen in targets or predictions, as in Scores.
  double macro_f1(int side) const {
    double sum = 0.0;
    int n_seen = 0;
    for (const Tally& t : tallies_) {
      const std::uint64_t either = t.support + t.predicted[side];
      if (either == 0) continue;
      sum += 2.0 * static_cast<double>(t.correct[side]) / static_cast<double>(either);
      ++n_seen;
    }
    return sum / n_seen;
  }

  double n_supported() const {
    return static_cast<double>(
        std::count_if(tallies_.begin(), tallies_.end(), [](const Tally& t) { return t.support > 0; }));
  }

  /// Mean recall over the classes that have targets.
  double balanced(int side) const {
    double sum = 0.0;
    for (const Tally& t : tallies_) {
      if (t.support > 0) sum += static_cast<double>(t.correct[side]) / static_cast<double>(t.support);
    }
    return sum / n_supported();
  }

  const std::vector<Cell>& cells_;
  std::vector<Tally> tallies_;
};

std::vector<Cell> cells_of(std::span<const int> targets, std::span<const int> a, std::span<const int> b,
                           int n_classes) {
  std::vector<Cell> rows;
  rows.reserve(targets.size());
  for (std::size_t i = 0; i < targets.size(); ++i) {
    require_class("targets", targets[i], n_classes);
    require_class("predictions", a[i], n_classes);
    require_class("predictions", b[i], n_classes);
    rows.push_back({targets[i], a[i], b[i]});
  }
  return rows;
}

/// Calls visit(BothScores) each round.
template <typename Visit>
void resample_cells(const std::vector<Cell>& rows, int n_classes, std::span<const std::string> names,
                    std::uint64_t seed, const Visit& visit) {
  const Groups groups(names);
  const GroupedCells grouped(rows, groups);
  CellScorer score(grouped.cells, n_classes);
  std::vector<std::uint64_t> counts;
  resample(groups.n_groups, seed, [&](const std::vector<std::uint32_t>& drawn) {
    grouped.count(drawn, counts);
    visit(score(counts));
  });
}

}  // namespace

Uncertainty bootstrap(std::span<const int> targets, std::span<const int> predicted, int n_classes, int majority,
                      std::span<const std::string> groups, std::uint64_t seed) {
  require_rows(targets.size(), predicted.size(), groups.size());
  const auto rows = cells_of(targets, predicted, std::vector<int>(targets.size(), majority), n_classes);
  std::vector<double> accuracy;
  std::vector<double> macro_f1;
  std::vector<double> advantage;
  std::vector<double> balanced;
  std::vector<double> over_chance;
  resample_cells(rows, n_classes, groups, seed, [&](const BothScores& s) {
    accuracy.push_back(s.accuracy_a);
    macro_f1.push_back(s.macro_f1_a);
    advantage.push_back(s.accuracy_a - s.accuracy_b);
    balanced.push_back(s.balanced_a);
    over_chance.push_back(s.balanced_a - s.chance);
  });
  return {percentile_95(accuracy), percentile_95(macro_f1), percentile_95(advantage), percentile_95(balanced),
          percentile_95(over_chance)};
}

Interval mean_interval(std::span<const double> values, std::span<const std::string> groups, std::uint64_t seed) {
  require_rows(values.size(), values.size(), groups.size());
  const Groups numbered(groups);
  std::vector<double> sums(numbered.n_groups, 0.0);
  std::vector<double> sizes(numbered.n_groups, 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    sums[numbered.of_row[i]] += values[i];
    sizes[numbered.of_row[i]] += 1.0;
  }
  std::vector<double> means;
  resample(numbered.n_groups, seed, [&](const std::vector<std::uint32_t>& drawn) {
    double sum = 0.0;
    double size = 0.0;
    for (std::size_t g = 0; g < drawn.size(); ++g) {
      sum += drawn[g] * sums[g];
      size += drawn[g] * sizes[g];
    }
    means.push_back(sum / size);
  });
  return percentile_95(std::move(means));
}

double mcnemar_p(std::size_t only_a_correct, std::size_t only_b_correct) {
  constexpr std::size_t kEnoughForChiSquared = 25;
  const std::size_t n = only_a_correct + only_b_correct;
  const std::size_t fewer = std::min(only_a_correct, only_b_correct);
  if (2 * fewer == n) return 1.0;
  if (n < kEnoughForChiSquared) {
    double term = std::pow(0.5, static_cast<double>(n));
    double tail = term;
    for (std::size_t i = 0; i < fewer; ++i) {
      term *= static_cast<double>(n - i) / static_cast<double>(i + 1);
      tail += term;
    }
    return std::min(1.0, 2.0 * tail);
  }
  const double distance = static_cast<double>(n - 2 * fewer) - 1.0;
  return std::erfc(distance / std::sqrt(2.0 * static_cast<double>(n)));
}

PairedComparison compare(std::span<const int> targets, std::span<const int> predicted_a,
                         std::span<const int> predicted_b, int n_classes, std::span<const std::string> groups,
                         std::uint64_t seed) {
  require_rows(targets.size(), predicted_a.size(), groups.size());
  require_rows(targets.size(), predicted_b.size(), groups.size());
  const auto rows = cells_of(targets, predicted_a, predicted_b, n_classes);
  PairedComparison result;
  for (const Cell& row : rows) {
    result.only_a_correct += row.a == row.target && row.b != row.target ? 1 : 0;
    result.only_b_correct += row.b == row.target && row.a != row.target ? 1 : 0;
  }
  const BothScores point = CellScorer(rows, n_classes)(std::vector<std::uint64_t>(rows.size(), 1));
  result.accuracy_difference = point.accuracy_a - point.accuracy_b;
  result.macro_f1_difference = point.macro_f1_a - point.macro_f1_b;
  std::vector<double> accuracy;
  std::vector<double> macro_f1;
  resample_cells(rows, n_classes, groups, seed, [&](const BothScores& s) {
    accuracy.push_back(s.accuracy_a - s.accuracy_b);
    macro_f1.push_back(s.macro_f1_a - s.macro_f1_b);
  });
  result.accuracy_interval = percentile_95(accuracy);
  result.macro_f1_interval = percentile_95(macro_f1);
  result.mcnemar_p = mcnemar_p(result.only_a_correct, result.only_b_correct);
  return result;
}

}  // namespace hitscope::models::evaluation
