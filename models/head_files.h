// The names of heads' files, and reading them with errors that name the file.
// Thread safety: a free function without shared state.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "models/head.h"

namespace hitscope::models {

/// What the names of a head's files begin with: its name without parentheses, "knn-n_neighbors=15-weights=distance";
/// of a long one the beginning and a hash.
std::string file_stem(std::string_view head);

/// Whether a head of this name may write a file `file`: its name and one of the endings that heads use. Names that come
/// from a file are held against it, so that they lead nowhere else.
bool is_file_of(std::string_view head, std::string_view file);

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
