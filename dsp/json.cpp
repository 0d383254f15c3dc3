#include "dsp/json.h"

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace hitscope::dsp {

template <typename Json>
Json parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes) {
    throw JsonError("is " + std::to_string(text.size()) + " bytes of JSON; it must be at most " +
                    std::to_string(limits.max_bytes));
  }
  std::vector<std::set<std::string>> keys;  // of each open object
  const auto check = [&](int depth, typename Json::parse_event_t event, Json& parsed) {
    using Event = typename Json::parse_event_t;
    const bool opens = event == Event::object_start || event == Event::array_start;
    if (opens && depth >= limits.max_depth) {
      throw JsonError("is JSON nested deeper than " + std::to_string(limits.max_depth) + " levels");
    }
    if (event == Event::object_start) keys.emplace_back();
    if (event == Event::object_end) keys.pop_back();
    if (event == Event::key && !keys.back().insert(parsed.template get<std::string>()).second) {
      throw JsonError("has the JSON key '" + parsed.template get<std::string>().substr(0, 100) + "' twice");
    }
    return true;
  };
  try {
    return Json::parse(text.begin(), text.end(), check);
  } catch (const typename Json::parse_error& error) {
    throw JsonError("is not JSON: at byte " + std::to_string(error.byte), error.byte);
  } catch (const typename Json::exception&) {
    throw JsonError("has a JSON number that is too large");
  }
}

template nlohmann::json parse_json(std::string_view text, const JsonLimits& limits);
template nlohmann::ordered_json parse_json(std::string_view text, const JsonLimits& limits);

}  // namespace hitscope::dsp
