// Learns the edges between classes from the training rows of a numeric column. Internal to models/data.
//
// Quantiles are numpy.quantile's (linear); bins of equal width are numpy.linspace's to the last digit.
// Thread safety: free functions without shared state.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "models/data/labels.h"

namespace hitscope::models::data {

/// The finite values of `rows`, indices into `targets`, in rising order. Throws std::invalid_argument if there is none.
std::vector<double> sorted_values(const RawTargets& targets, std::span<const std::size_t> rows);

/// Edges between the classes, [n_classes - 1], for the kinds of labels that learn them; `sorted` [n_train] are the
/// training values in rising order. Throws std::invalid_argument for a median that is the largest value.
std::vector<double> learned_edges(const LabelConfig& config, std::span<const double> sorted);

/// Throws std::invalid_argument naming the value if edges coincide with each other or with the smallest of `sorted`.
void check_edges(const LabelConfig& config, const std::vector<double>& edges, std::span<const double> sorted);

/// Edges by group for kGroupPercentiles, for groups of at least kLeastGroupRows rows whose edges separate their values.
/// Throws std::invalid_argument unless every row of `targets` has a group.
std::map<std::string, std::vector<double>> edges_by_group(const LabelConfig& config, const RawTargets& targets,
                                                          std::span<const std::size_t> rows);

}  // namespace hitscope::models::data
