// What code says when it refuses an input.
// Thread safety: a free function without shared state.
#pragma once

#include <string>

#include "ingest/input_error.h"

namespace hitscope::tests {

/// The message of the InputError that `act` throws; "" where it throws none.
template <typename Act>
inline std::string refusal_of(const Act& act) {
  try {
    act();
  } catch (const ingest::InputError& error) {
    return error.what();
  }
  return "";
}

}  // namespace hitscope::tests
