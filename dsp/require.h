// The check behind every validate(): a broken rule is an exception that names field, value and rule.
// Thread safety: a free function without shared state.
#pragma once

#include <stdexcept>
#include <string>

namespace hitscope::dsp {

/// Throws std::invalid_argument "FIELD is VALUE; it must be RULE" unless `ok`.
template <typename T>
void require(bool ok, const char* field, T value, const char* rule) {
  if (!ok) throw std::invalid_argument(std::string(field) + " is " + std::to_string(value) + "; it must be " + rule);
}

}  // namespace hitscope::dsp
