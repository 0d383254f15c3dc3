// What the test rows say of a head, in words: better than the best constant answer, not better, or too few to tell.
//
// A head for classes is held against always answering the commonest class of the test rows (accuracy), and against
// chance by what no class's share decides: balanced accuracy, ROC AUC, log loss. A head for values is held against the
// mean (R²) and against the median (MAE), each the best constant of its measure. Each decision is one 95 % interval of
// comparison.h: a head without any lead gets it wrong at most once in 20 times per measure. "No" means that a lead
// worth the name, see kNotable, is ruled out by rows that could have shown it; where it is neither shown nor ruled out,
// the rows are too few.
// Thread safety: free functions without shared state.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "models/evaluation/leaderboard.h"

namespace hitscope::models::evaluation {

enum class Standing {
  kBaseline,
  kBetter,        ///< than the best constant, by every measure
  kBetterInPart,  ///< values: than the mean or the median, not than both
  kAboveChance,   ///< not better than the best constant, but it tells classes apart, or orders rows
  kTooFewRows,    ///< neither shown nor ruled out
  kNotBetter,
};

/// The smallest leads that "no" rules out. Smaller ones are hardly worth a model, and larger ones are shown by the
/// number of rows that rules these out.
struct Notable {
  double accuracy = 0.05;  ///< or half of what the constant leaves, where that is less
  double roc_auc = 0.6;
  double r2 = 0.05;
};
inline constexpr Notable kNotable;

/// The fewest groups of test rows that show a lead: of five, all favour a head by chance once in 16 times (two-sided
/// sign test), of six once in 32.
inline constexpr std::size_t kFewestGroups = 6;

/// The number of groups, a row without a name being one of its own; 0 where no row has a name.
std::size_t count_groups(std::span<const std::string> groups);

struct Verdict {
  Standing standing = Standing::kBaseline;
  std::string words;  ///< "yes", "in MAE only", "no, but tells classes apart", "too few test rows to tell (24)", "no"
};

Verdict verdict_of(const LeaderboardRow& row);

/// Whether the row is a head and better than the best constant by every measure.
bool beats_baseline(const LeaderboardRow& row);
/// Whether a head for classes tells them apart by its classes or by its probabilities; false of others.
bool is_above_chance(const LeaderboardRow& row);

/// Whether a head is the best one, or differs from it by no more than chance. The board must be sorted.
bool is_as_good(const Leaderboard& board, const LeaderboardRow& row);

/// The best head in a sentence or two: "Best: logistic (macro-F1 0.61). random_forest is as good within chance." Says
/// so where even the best is not better than the best constant. Empty without heads; the board must be sorted.
std::string best_in_words(const Leaderboard& board);

}  // namespace hitscope::models::evaluation
