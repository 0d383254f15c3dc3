// Checks of rows and checksums of bytes that both kinds of trees share. Internal to models/classical.
// Thread safety: free functions without shared state.
#pragma once

#include <string>
#include <string_view>

#include "models/classical/trees/trees.h"

namespace hitscope::models::classical::trees {

/// Throws std::invalid_argument naming field, value and rule. `name` is what messages call the rows: "train" or
/// "validation".
void check_rows(const TreeRows& rows, const TreesOptions& options, std::string_view name);
void check_features(const data::Matrix& features, std::string_view name);

/// `bytes` followed by their checksum (FNV-1a, 64 bits), which detects every change of a single byte.
std::string sealed(std::string bytes);
/// The bytes that were sealed, without their checksum. Throws std::runtime_error for a wrong checksum.
std::string_view unsealed(std::string_view bytes);

}  // namespace hitscope::models::classical::trees
