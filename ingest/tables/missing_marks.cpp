#include "ingest/tables/missing_marks.h"

#include <algorithm>

#include "ingest/tables/blanks.h"

namespace hitscope::ingest::tables {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

}  // namespace

MissingMarks::MissingMarks(const std::vector<std::string>& marks) {
  for (const std::string& given : marks) {
    std::string mark(without_blanks(given));
    if (mark.empty()) continue;
    std::transform(mark.begin(), mark.end(), mark.begin(), lower);
    first_bytes_.set(static_cast<unsigned char>(mark.front()));
    first_bytes_.set(static_cast<unsigned char>(upper(mark.front())));
    marks_.push_back(std::move(mark));
  }
}

bool MissingMarks::has_letter(std::string_view cell) {
  return std::any_of(cell.begin(), cell.end(), [](char c) { return lower(c) >= 'a' && lower(c) <= 'z'; });
}

bool MissingMarks::is_mark(std::string_view cell) const {
  return std::any_of(marks_.begin(), marks_.end(), [&](const std::string& mark) {
    return std::equal(cell.begin(), cell.end(), mark.begin(), mark.end(), [](char a, char b) { return lower(a) == b; });
  });
}

}  // namespace hitscope::ingest::tables
