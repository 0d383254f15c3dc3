// The bytes of an ensemble; those of a stranger are checked. Internal to models/classical.
// Thread safety: free functions without shared state.
#pragma once

#include <string>
#include <string_view>

#include "models/classical/trees/ensemble.h"

namespace hitscope::models::classical::trees {

std::string bytes_of(const EnsembleModel& model);
/// Throws std::runtime_error for bytes that bytes_of() did not write.
EnsembleModel model_from_bytes(std::string_view bytes);

}  // namespace hitscope::models::classical::trees
