// Permutation importance (Breiman 2001; scikit-learn's permutation_importance): how much a score falls when one column
// of the test rows is shuffled. The score is macro-F1, or R² of a regression (as scikit-learn's for a regressor).
// Thread safety: uses the head, so one thread per head. Same seed: same result.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/data/examples.h"
#include "models/data/targets.h"

namespace hitscope::models {
class Head;
}

namespace hitscope::models::evaluation {

struct Importance {
  std::string column;
  double mean = 0.0;  ///< of the fall in score over the repeats; negative where shuffling helped
  double standard_deviation = 0.0;
  std::vector<std::string> group{};  ///< all columns that were shuffled together, `column` first; empty: it alone
};

/// Of every table column, most important first (of equals, numbers first, then in the table's order). `rows` are the
/// test rows; at most 2,000 of them, drawn by `seed`, are used. The standard deviation is that of the repeats (divided
/// by n_repeats, as scikit-learn's). Throws std::invalid_argument for no rows, fewer targets than
/// examples, or n_repeats < 1.
std::vector<Importance> permutation_importance(Head& head, const data::Examples& examples, const data::Targets& targets,
                                               std::span<const std::size_t> rows, int n_repeats, std::uint64_t seed);

/// The same of groups of columns, each shuffled as one: their values stay together.
std::vector<Importance> group_importance(Head& head, const data::Examples& examples, const data::Targets& targets,
                                         std::span<const std::size_t> rows, int n_repeats, std::uint64_t seed,
                                         const std::vector<std::vector<std::string>>& groups);

}  // namespace hitscope::models::evaluation
