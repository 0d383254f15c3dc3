// Input that cannot be used: a table without a column, a file that is none.
// Thread safety: a plain value.
#pragma once

#include <stdexcept>

namespace hitscope::ingest {

/// One line for people that names file, row or column, value and rule. Settings that would help are named as fields in
/// back quotes, as in "name it with `id_column`": the library knows no command line, its caller may put a flag there.
class InputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace hitscope::ingest
