// The audit of a table, its labels and its split, and its text, for train and audit alike.
// Thread safety: free functions without shared state.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "apps/examples/train_data.h"
#include "models/evaluation/audit.h"

namespace hitscope::apps::examples {

/// Findings of data and split, worst first. `kind` is how the split was made; the advice in findings depends on it.
std::vector<models::evaluation::Finding> findings_of(const TrainData& data, const models::data::Targets& targets,
                                                     const models::data::LabelScheme& labels,
                                                     const models::data::Split& split, models::data::SplitKind kind,
                                                     std::uint64_t seed);

/// One line per finding, as in "LEAK target-copy, Track Score: …".
std::vector<std::string> lines_of(std::span<const models::evaluation::Finding> findings);
/// The same for the folds of a cross-validation, each finding once, as in "LEAK …: … (in 3 of 5 folds)".
std::vector<std::string> lines_of_folds(std::span<const std::vector<models::evaluation::Finding>> folds);
/// The verdict as text: "verdict: clean: no leak found, 2 warnings" or "verdict: NOT CLEAN: 1 leak …".
std::string verdict_of(std::span<const models::evaluation::Finding> findings);
/// The text of audit.json.
std::string findings_json(std::span<const models::evaluation::Finding> findings);

}  // namespace hitscope::apps::examples
