// Is this cell missing? Thread safety: const after construction.
#pragma once

#include <bitset>
#include <string>
#include <string_view>
#include <vector>

namespace hitscope::ingest::tables {

class MissingMarks {
 public:
  /// As TableSchema::missing_marks; case is that of ASCII.
  explicit MissingMarks(const std::vector<std::string>& marks);

  /// `cell` comes without the blanks around it.
  bool is_missing(std::string_view cell) const {
    if (cell.empty()) return true;
    return first_bytes_[static_cast<unsigned char>(cell.front())] && is_mark(cell);
  }

  /// In a column of texts only words are marks: an album may be called "?".
  bool is_missing_text(std::string_view cell) const { return is_missing(cell) && (cell.empty() || has_letter(cell)); }

 private:
  static bool has_letter(std::string_view cell);
  bool is_mark(std::string_view cell) const;

  std::vector<std::string> marks_;  // in lower case
  std::bitset<256> first_bytes_;    // that marks begin with, in either case
};

}  // namespace hitscope::ingest::tables
