// Heads by name, with their own parameters: "knn", "knn:n_neighbors=15,weights=distance".
//
// Parameters have scikit-learn's names. A head's own name is canonical, "knn(n_neighbors=15,weights=distance)": those
// that differ from their defaults, in the order in which the head lists them. Both forms are read everywhere.
// Thread safety: a plain value and free functions without shared state.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/head.h"

namespace hitscope::models {

struct HeadName {
  std::string head;                                             ///< of HeadInfo
  std::vector<std::pair<std::string, std::string>> parameters;  ///< names and values; a switch alone is "true"

  /// Reads either form. Throws std::invalid_argument for text that is neither.
  static HeadName parse(std::string_view text);
};

/// Sets the parameters of a head that is not fitted yet, and its name. Throws std::invalid_argument naming the head,
/// the parameter and the rule; for an unknown one the most similar.
void set_parameters(Head& head, const std::vector<std::pair<std::string, std::string>>& parameters);

/// That of `known` with the fewest letters to change, to be named where `name` is unknown; empty for none similar.
std::string most_similar(std::string_view name, const std::vector<std::string>& known);

}  // namespace hitscope::models
