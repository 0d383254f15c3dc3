// One hash of everything that a table, its joins, its schema, its cleaning rules and the flags made of it.
// Thread safety: a free function without shared state.
#pragma once

#include <string>

#include "apps/examples/train_data.h"

namespace hitscope::apps::examples {

/// SHA-256 of the examples' ids, features, raw targets, label scheme, groups, identities, times and parts: two
/// trainings on equal hashes learn from the same rows. Spectrograms are not in it; their index has a hash of its own.
std::string examples_hash(const TrainData& data);

}  // namespace hitscope::apps::examples
