// One JSON object as names and texts: nested objects flattened with dots ("artist.name"), as pandas.json_normalize
// does.
//
// Strings stand as they are, numbers and booleans as their JSON text, to the digit; arrays, with all that is in them,
// as JSON without spaces. An empty nested object has no values. By nlohmann-json's event parser: no tree is built, no
// recursion follows the nesting.
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

/// Gives every value of the object in `text` to `take`, in order; a key that stands twice comes twice. Returns why
/// `text` is no such object, after some values may have been given: not valid JSON (UTF-8 included), not an object,
/// nested more than 64 deep, over kMostColumns values, or a name of over 1,000 bytes; nullopt where it is one.
std::optional<std::string> flatten_json(std::string_view text, const std::function<void(JsonValue&&)>& take);

}  // namespace hitscope::ingest::tables
