// The audit of a table, its labels and its split, as train and audit both make and print it.
// Thread safety: free functions without shared state.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "apps/examples/train_data.h"
#include "models/evaluation/audit.h"

namespace hitscope::apps::examples {

/// Findings of data and split, worst first. `kind` is how the split was made: it says what is to be expected of it and
/// which flags mend it.
std::vector<models::evaluation::Finding> findings_of(const TrainData& data, const models::data::Targets& targets,
                                                     const models::data::LabelScheme& labels,
                                                     const models::data::Split& split, models::data::SplitKind kind,
                                                     std::uint64_t seed);

/// One line per finding: "LEAK target-copy, Track Score: …"; nothing for none.
std::vector<std::string> lines_of(std::span<const models::evaluation::Finding> findings);
/// The same of the folds of a cross-validation, each finding once: "LEAK …: … (in 3 of 5 folds)".
std::vector<std::string> lines_of_folds(std::span<const std::vector<models::evaluation::Finding>> folds);
/// "verdict: clean: no leak found, 2 warnings" or "verdict: NOT CLEAN: 1 leak …".
std::string verdict_of(std::span<const models::evaluation::Finding> findings);
/// audit.json.
std::string findings_json(std::span<const models::evaluation::Finding> findings);

}  // namespace hitscope::apps::examples
