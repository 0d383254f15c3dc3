// Groups of table columns that tell one another: where one of them is lost, the others stand in for it.
// Thread safety: a free function without shared state.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "models/data/examples.h"

namespace hitscope::models::evaluation {

/// Groups of two or more columns, joined pair by pair: two numbers whose ranks correlate by 0.9 or more, or two columns
/// of texts or few numbers of which one gives at least 0.8 of the information in the other (Theil's U), such as a genre
/// and its sub-genre. A column of texts with fewer than ten rows for each value tells any other by chance and is in no
/// group. Looks at `rows` only, at no more than 2,000 of them; no groups are found in tables of more than 100 columns.
std::vector<std::vector<std::string>> alike_columns(const data::FeatureTable& table, std::span<const std::size_t> rows);

}  // namespace hitscope::models::evaluation
