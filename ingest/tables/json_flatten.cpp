#include "ingest/tables/json_flatten.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "ingest/tables/table_row.h"

namespace hitscope::ingest::tables {
namespace {

constexpr std::size_t kMostDepth = 64;
constexpr std::size_t kMostNameBytes = 1000;  // names repeat their parents: without a bound they grow as a square

/// "[json.exception…] parse error at line 1, column 3: … - WHY; last read: …; …" becomes WHY.
std::string reason_of(std::string_view what) {
  if (const auto dash = what.find(" - "); dash != std::string_view::npos) {
    what.remove_prefix(dash + 3);
    what = what.substr(0, what.find(';'));
  } else if (const auto bracket = what.find("] "); bracket != std::string_view::npos) {
    what.remove_prefix(bracket + 2);
    what = what.substr(0, what.find(" '"));  // the number may be long
  }
  return std::string(what);
}

/// The events of nlohmann::json::sax_parse; false ends the parse.
class Flattener {
 public:
  explicit Flattener(const std::function<void(JsonValue&&)>& take) : take_(take) {}

  bool null() { return value("null", true); }
  bool boolean(bool is_true) { return value(is_true ? "true" : "false"); }
  /// Comes for negative integers only, so 0 was written as -0.
  bool number_integer(std::int64_t number) { return value(number == 0 ? "-0" : std::to_string(number)); }
  bool number_unsigned(std::uint64_t number) { return value(std::to_string(number)); }
  bool number_float(double /*number*/, const std::string& text) { return value(text); }
  bool binary(const std::vector<std::uint8_t>& /*bytes*/) { return refuse("holds bytes"); }

  bool string(std::string& text) {
    if (array_depth_ == 0) return value(std::move(text));
    return value(nlohmann::json(text).dump());
  }

  bool start_object(std::size_t /*size*/) {
    if (++depth_ > kMostDepth) return too_deep();
    if (array_depth_ > 0) return open_in_array('{');
    parents_.push_back(name_.size());
    return true;
  }

  bool end_object() {
    --depth_;
    if (array_depth_ > 0) return close_in_array('}');
    parents_.pop_back();
    return true;
  }

  bool start_array(std::size_t /*size*/) {
    if (parents_.empty()) return not_an_object();
    if (++depth_ > kMostDepth) return too_deep();
    if (array_depth_ == 0) array_.clear();
    return open_in_array('[');
  }

  bool end_array() {
    --depth_;
    close_in_array(']');
    return array_depth_ > 0 || give(std::move(array_), false);
  }

  bool key(const std::string& key) {
    if (array_depth_ > 0) {
      begin_item();
      array_ += nlohmann::json(key).dump() + ':';
      is_first_ = true;
      return true;
    }
    name_.resize(parents_.back());
    if (parents_.size() > 1) name_ += '.';
    name_ += key;
    return name_.size() <= kMostNameBytes || refuse("has a key of more than 1000 bytes");
  }

  bool parse_error(std::size_t position, const std::string& /*last_read*/, const std::exception& error) {
    return refuse("is not a JSON object (byte " + std::to_string(position) + ": " + reason_of(error.what()) + ")");
  }

  std::optional<std::string> problem() && { return std::move(problem_); }

 private:
  bool refuse(const std::string& why) {
    problem_ = why;
    return false;
  }
  bool too_deep() { return refuse("is nested more than 64 levels deep"); }
  bool not_an_object() { return refuse("is JSON, but not an object"); }

  void begin_item() {
    if (!std::exchange(is_first_, false)) array_ += ',';
  }
  bool open_in_array(char bracket) {
    if (array_depth_++ > 0) begin_item();
    array_ += bracket;
    is_first_ = true;
    return true;
  }
  bool close_in_array(char bracket) {
    --array_depth_;
    array_ += bracket;
    is_first_ = false;
    return true;
  }

  bool value(std::string text, bool is_null = false) {
    if (parents_.empty()) return not_an_object();
    if (array_depth_ == 0) return give(is_null ? std::string() : std::move(text), is_null);
    begin_item();
    array_ += text;
    return true;
  }

  bool give(std::string text, bool is_null) {
    if (++n_values_ > kMostColumns) return refuse("has more than 100000 values");
    take_({name_, std::move(text), is_null});
    return true;
  }

  const std::function<void(JsonValue&&)>& take_;
  std::string name_;
  std::vector<std::size_t> parents_;  // length of the name at every open object
  std::string array_;                 // the outermost open array so far
  std::size_t array_depth_ = 0;       // arrays and objects open since it began
  std::size_t depth_ = 0;
  std::size_t n_values_ = 0;
  bool is_first_ = true;  // in array_: no comma before the next item
  std::optional<std::string> problem_;
};

constexpr std::array<std::string_view, 3> kNotJson{"NaN", "-Infinity", "Infinity"};

/// Whether `text` may hold what Python's json.dumps writes for numbers that JSON has not.
bool has_nan(std::string_view text) {
  return text.find("NaN") != std::string_view::npos || text.find("Infinity") != std::string_view::npos;
}

/// The text with null in place of NaN and infinities, but for those in strings.
std::string without_nan(std::string_view text) {
  std::string result;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size();) {
    if (in_string && text[i] == '\\' && i + 1 < text.size())
      result += text[i++];
    else if (text[i] == '"')
      in_string = !in_string;
    const auto word = std::find_if(kNotJson.begin(), kNotJson.end(),
                                   [&](std::string_view w) { return text.substr(i).starts_with(w); });
    if (!in_string && word != kNotJson.end()) {
      result += "null";
      i += word->size();
    } else {
      result += text[i++];
    }
  }
  return result;
}

}  // namespace

std::optional<std::string> flatten_json(std::string_view text, const std::function<void(JsonValue&&)>& take) {
  Flattener flattener(take);
  const std::string mended = has_nan(text) ? without_nan(text) : std::string();
  if (!mended.empty()) text = mended;
  nlohmann::json::sax_parse(text.begin(), text.end(), &flattener);
  return std::move(flattener).problem();
}

}  // namespace hitscope::ingest::tables
