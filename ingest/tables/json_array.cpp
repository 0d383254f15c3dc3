#include "ingest/tables/json_array.h"

#include <algorithm>
#include <array>

#include "ingest/tables/table_row.h"

namespace hitscope::ingest::tables {
namespace {

constexpr std::array<std::string_view, 14> kArrayNames{"results", "items",    "data",     "tracks",  "track",
                                                       "songs",   "records",  "rows",     "hits",    "recordings",
                                                       "entries", "releases", "playlist", "response"};

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// Whether brackets close in `text` as often as they open, and an array of objects begins in it.
struct Shape {
  bool is_closed = false;
  bool has_array = false;
};

Shape shape_of(std::string_view text) {
  Shape shape;
  JsonArray array;
  shape.has_array = !array.lines_of(text).empty();
  std::size_t depth = 0;
  JsonStrings strings;
  for (const char c : text) {
    if (strings.take(c)) continue;
    if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && depth > 0) {
      shape.is_closed = --depth == 0;
    }
  }
  return shape;
}

}  // namespace

bool JsonStrings::take(char c) {
  if (!is_inside_) return is_inside_ = c == '"';
  is_inside_ = is_escaped_ || c != '"';
  is_escaped_ = !is_escaped_ && c == '\\';
  return true;
}

bool is_json_document(std::string_view sample) {
  if (sample.starts_with(kByteOrderMark)) sample.remove_prefix(kByteOrderMark.size());
  while (!sample.empty() && is_space(sample.front())) sample.remove_prefix(1);
  if (sample.starts_with('[')) return true;
  if (!sample.starts_with('{')) return false;
  const std::size_t end = std::min(sample.find('\n'), sample.size());
  const std::string_view rest = sample.substr(end);
  const bool is_only_line = std::all_of(rest.begin(), rest.end(), is_space);
  const Shape line = shape_of(sample.substr(0, end));
  if (line.is_closed) return is_only_line && line.has_array;
  return shape_of(sample).has_array;
}

std::string JsonArray::lines_of(std::string_view bytes) {
  std::string lines;
  for (const char c : bytes) {
    if (is_over_) {
      take_behind(c);
    } else {
      take(c, lines);
    }
  }
  return lines;
}

std::string JsonArray::problem() const {
  if (has_more_) {
    return "more follows behind the first JSON document; write one object per line, without an array of objects called "
           "'results', 'items', 'tracks' or the like in the first";
  }
  return is_complete_ ? "" : "the JSON document is cut short";
}

/// Behind the array of objects, whose bracket depth_ still counts.
void JsonArray::take_behind(char c) {
  if (is_complete_) {
    has_more_ = has_more_ || !is_space(c);
  } else if (strings_.take(c)) {
    return;
  } else if (c == '[' || c == '{') {
    ++depth_;
  } else if (c == ']' || c == '}') {
    is_complete_ = --depth_ == 0;
  }
}

void JsonArray::take(char c, std::string& lines) {
  if (array_depth_ > 0) return take_inside(c, lines);
  const bool was_inside = strings_.is_inside();
  if (strings_.take(c)) {
    if (!was_inside) last_string_.clear();
    if (was_inside && strings_.is_inside() && last_string_.size() < 100) last_string_ += c;
    may_begin_ = false;
    return;
  }
  if (c == '{' && may_begin_) {
    array_depth_ = 1;
    return take_inside(c, lines);
  }
  take_outside(c);
}

/// A bracket, or another character that is not in a string, before the array of objects.
void JsonArray::take_outside(char c) {
  if (is_space(c)) return;
  const bool is_named =
      depth_ == 0 || std::find(kArrayNames.begin(), kArrayNames.end(), last_string_) != kArrayNames.end();
  may_begin_ = c == '[' && is_named;
  if (c == '[' || c == '{') ++depth_;
  if ((c == ']' || c == '}') && depth_ > 0) is_over_ = is_complete_ = --depth_ == 0;
}

/// In the array, of which array_depth_ - 1 brackets of the current object are open.
void JsonArray::take_inside(char c, std::string& lines) {
  const bool is_text = strings_.take(c);
  if (!is_text && (c == '{' || c == '[')) ++array_depth_;
  if (!is_text && (c == '}' || c == ']')) {
    --array_depth_;
    is_over_ = array_depth_ == 0;
    if (is_over_) is_complete_ = --depth_ == 0;
  }
  const bool is_between = array_depth_ == 1 && c != '}' && c != ']';
  if (is_over_ || (is_between && object_.empty() && (is_space(c) || c == ','))) return;
  if (object_.size() <= kMostRowBytes) object_ += c == '\n' || c == '\r' ? ' ' : c;
  if (array_depth_ > 1 || is_text) return;
  if (c != '}' && c != ']' && c != ',') return;
  if (object_.back() == ',') object_.pop_back();  // of an element that is no object, e.g. null
  lines += object_;
  lines += '\n';
  object_.clear();
}

}  // namespace hitscope::ingest::tables
