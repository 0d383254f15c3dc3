#include "apps/runs/pair_text.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <variant>

#include "apps/runs/json_numbers.h"

namespace hitscope::apps::runs {
namespace {

using models::evaluation::Interval;
using models::evaluation::Leaderboard;
using models::evaluation::PairedComparison;
using models::evaluation::PairedValueComparison;
using nlohmann::ordered_json;

struct PairJson {
  ordered_json operator()(const PairedComparison& c) const {
    return {{"accuracy_difference", c.accuracy_difference},
            {"accuracy_difference_95", json_interval(c.accuracy_interval)},
            {"macro_f1_difference", c.macro_f1_difference},
            {"macro_f1_difference_95", json_interval(c.macro_f1_interval)},
            {"only_a_correct", c.only_a_correct},
            {"only_b_correct", c.only_b_correct},
            {"mcnemar_p", c.mcnemar_p}};
  }
  ordered_json operator()(const PairedValueComparison& c) const {
    return {{"r2_difference", json_number(c.r2_difference)},
            {"r2_difference_95", json_interval(c.r2_interval)},
            {"mae_difference", json_number(c.mae_difference)},
            {"mae_difference_95", json_interval(c.mae_interval)}};
  }
};

std::string difference(double value, const Interval& i) {
  return fmt::format("{:+.3f} [{:+.3f}, {:+.3f}]", value, i.low, i.high);
}

using Row = std::vector<std::string>;

struct PairTitles {
  Row operator()(const PairedComparison& /*c*/) const {
    return {"macro-F1 A - B [95 %]", "McNemar p", "accuracy A - B [95 %]", "only A right", "only B right"};
  }
  Row operator()(const PairedValueComparison& /*c*/) const { return {"R² A - B [95 %]", "MAE A - B [95 %]"}; }
};

struct PairCells {
  Row operator()(const PairedComparison& c) const {
    return {difference(c.macro_f1_difference, c.macro_f1_interval), fmt::format("{:.2g}", c.mcnemar_p),
            difference(c.accuracy_difference, c.accuracy_interval), std::to_string(c.only_a_correct),
            std::to_string(c.only_b_correct)};
  }
  Row operator()(const PairedValueComparison& c) const {
    return {difference(c.r2_difference, c.r2_interval), difference(c.mae_difference, c.mae_interval)};
  }
};

}  // namespace

ordered_json pairs_json(const Leaderboard& board) {
  ordered_json pairs = ordered_json::array();
  for (const models::evaluation::HeadPair& pair : board.pairs) {
    ordered_json j{{"a", pair.a}, {"b", pair.b}};
    j.update(std::visit(PairJson{}, pair.comparison));
    pairs.push_back(std::move(j));
  }
  return pairs;
}

Cells pair_cells(const Leaderboard& board, Width width) {
  constexpr std::size_t kNeeded = 3;
  if (board.pairs.empty()) return {};
  Cells cells{std::visit(PairTitles{}, board.pairs.front().comparison)};
  cells[0].insert(cells[0].begin(), "A against B");
  for (const models::evaluation::HeadPair& pair : board.pairs) {
    cells.push_back(std::visit(PairCells{}, pair.comparison));
    cells.back().insert(cells.back().begin(), pair.a + " against " + pair.b);
  }
  return width == Width::kAll ? cells : fitted(cells, kNeeded);
}

}  // namespace hitscope::apps::runs
