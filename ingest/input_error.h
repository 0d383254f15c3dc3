// The exception for input that cannot be used, such as a table that lacks a column or a file that is not a table.
// Thread safety: a plain value.
#pragma once

#include <stdexcept>

namespace hitscope::ingest {

/// Its message is one line that names file, row or column, value and rule. Settings that would help are named as fields
/// in back quotes, as in "name it with `id_column`", which the caller may replace by flags: libraries know no command
/// line.
class InputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace hitscope::ingest
