// What both kinds of trees ask of their rows and bytes. Internal to models/classical.
#pragma once

#include <string>
#include <string_view>

#include "models/classical/trees.h"

namespace hitscope::models::classical {

/// Throws std::invalid_argument naming field, value and rule. `name` is of the rows: "train", "validation".
void check_rows(const TreeRows& rows, const TreesOptions& options, std::string_view name);
void check_features(const data::Matrix& features, std::string_view name);

/// `bytes` followed by their checksum (FNV-1a, 64 bits): every change of a single byte shows.
std::string sealed(std::string bytes);
/// What was sealed. Throws std::runtime_error where the checksum is another.
std::string_view unsealed(std::string_view bytes);

}  // namespace hitscope::models::classical
