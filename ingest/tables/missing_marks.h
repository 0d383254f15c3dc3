// Decides whether a cell is missing.
// Thread safety: immutable after construction; any number of threads.
#pragma once

#include <bitset>
#include <string>
#include <string_view>
#include <vector>

namespace hitscope::ingest::tables {

class MissingMarks {
 public:
  /// `marks` as in TableSchema::missing_marks; case is ignored for ASCII letters.
  explicit MissingMarks(const std::vector<std::string>& marks);

  /// Whether `cell`, which must be stripped, is missing.
  bool is_missing(std::string_view cell) const {
    if (cell.empty()) return true;
    return first_bytes_[static_cast<unsigned char>(cell.front())] && is_mark(cell);
  }

  /// The same in a column of texts, where only marks with a letter count: an album may be called "?".
  bool is_missing_text(std::string_view cell) const { return is_missing(cell) && (cell.empty() || has_letter(cell)); }

 private:
  static bool has_letter(std::string_view cell);
  bool is_mark(std::string_view cell) const;

  std::vector<std::string> marks_;  // in lower case
  std::bitset<256> first_bytes_;    // first bytes of marks, in either case
};

}  // namespace hitscope::ingest::tables
