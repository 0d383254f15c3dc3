// Finds a column of probabilities for each class, as scikit-learn's predict_proba gives them.
// Thread safety: free functions without shared state.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ingest/tables/text_table.h"

namespace hitscope::ingest::tables {

struct ClassProbabilities {
  std::vector<std::string> classes;  ///< in the order of their columns
  std::vector<std::size_t> places;   ///< their columns
  std::vector<double> values;        ///< [n_rows, n_classes]
  std::vector<int> targets;          ///< [n_rows]
  std::string columns;               ///< for people: "proba_high, proba_low"
};

/// The columns whose names are the classes of the column `truth`, or these behind "proba_", "prob_", "p_",
/// "probability_" or "predict_proba_". nullopt unless every true class has one. Throws InputError naming file, row and
/// column for a cell that is no probability, and for a row whose probabilities do not sum to 1.
std::optional<ClassProbabilities> find_class_probabilities(const TextTable& table, std::size_t truth);

}  // namespace hitscope::ingest::tables
