// Reads a head's files with errors that name the file. Internal to models.
// Thread safety: a free function without shared state.
#pragma once

#include <stdexcept>
#include <string>

#include "models/head.h"

namespace hitscope::models {

/// The result of `parse` for the bytes of the file `name`. Throws std::runtime_error naming the file if it is missing
/// or `parse` throws.
template <typename Parse>
auto read_head_file(const HeadFiles& files, const std::string& name, const Parse& parse) {
  const auto found = files.find(name);
  if (found == files.end()) throw std::runtime_error(name + " is missing");
  try {
    return parse(found->second);
  } catch (const std::exception& e) {
    throw std::runtime_error(name + ": " + e.what());
  }
}

}  // namespace hitscope::models
