// Edges between classes, learned from the training rows of a numeric column. Internal to models/data.
//
// Quantiles are numpy.quantile's (linear); bins of equal width are numpy.linspace's, digit by digit.
// Thread safety: functions of their arguments alone.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "models/data/labels.h"

namespace hitscope::models::data {

/// The finite values of `rows` in rising order. Throws std::invalid_argument where there is none.
std::vector<double> sorted_values(const RawTargets& targets, std::span<const std::size_t> rows);

/// Edges between the classes [n_classes - 1] of all training rows, for the kinds that learn some; `sorted` holds the
/// training values in rising order. Throws std::invalid_argument where the median is the largest value.
std::vector<double> learned_edges(const LabelConfig& config, std::span<const double> sorted);

/// Throws std::invalid_argument naming the value where edges coincide with each other or with the least of `sorted`.
void check_edges(const LabelConfig& config, const std::vector<double>& edges, std::span<const double> sorted);

/// kGroupPercentiles: group to its own edges, for groups of at least kLeastGroupRows rows whose edges part their
/// values. Throws std::invalid_argument unless every row of `targets` has a group.
std::map<std::string, std::vector<double>> edges_by_group(const LabelConfig& config, const RawTargets& targets,
                                                          std::span<const std::size_t> rows);

}  // namespace hitscope::models::data
