// One hash of the examples that a table, its joins, its schema, its cleaning rules and the options give.
// Thread safety: a free function without shared state.
#pragma once

#include <string>

#include "apps/examples/train_data.h"

namespace hitscope::apps::examples {

/// SHA-256 of the examples' ids, features, raw targets, label scheme, groups, identities, times and parts: two
/// trainings on equal hashes learn from the same rows. Spectrograms are not included; their index has its own hash.
std::string examples_hash(const TrainData& data);

}  // namespace hitscope::apps::examples
