// Flattens a JSON object to names and texts, with dots for nested objects ("artist.name"), as pandas.json_normalize
// does.
//
// Strings are given unchanged, numbers and booleans as their exact JSON text, arrays with all their contents as JSON
// without spaces. An empty nested object has no values. NaN and infinities, which JSON has not but Python's json.dumps
// writes, are null. It uses nlohmann-json's event parser, which builds no tree and
// does not recurse.
// Thread safety: a free function without shared state.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace hitscope::ingest::tables {

struct JsonValue {
  std::string_view name;  ///< valid during the call
  std::string text;       ///< empty for null
  bool is_null = false;
};

/// Calls `take` for every value of the object in `text`, in order; a repeated key is given repeatedly. Returns nullopt,
/// or why `text` is not accepted, possibly after some values were given: not valid JSON or UTF-8, not an object, nested
/// more than 64 deep, more than kMostColumns values, or a name of more than 1,000 bytes.
std::optional<std::string> flatten_json(std::string_view text, const std::function<void(JsonValue&&)>& take);

}  // namespace hitscope::ingest::tables
