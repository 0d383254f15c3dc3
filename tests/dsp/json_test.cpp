// JSON of strangers: depth, size, keys.
#include "dsp/json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace hitscope::dsp {
namespace json_test {

using nlohmann::json;

std::string error_of(const std::string& text, const JsonLimits& limits = {}) {
  try {
    parse_json<json>(text, limits);
  } catch (const JsonError& error) {
    return error.what();
  }
  return "no JsonError was thrown";
}

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

TEST(JsonTest, ReadsWhatIsWithinTheLimits) {
  EXPECT_EQ(parse_json<json>(R"({"a": [1, 2.5, "x", null, true], "b": {"a": {}}})"),
            (json{{"a", {1, 2.5, "x", nullptr, true}}, {"b", {{"a", json::object()}}}}));
  EXPECT_EQ(parse_json<nlohmann::ordered_json>(R"({"b":1,"a":2})").dump(), R"({"b":1,"a":2})");
  EXPECT_NO_THROW(parse_json<json>(nested(64)));
  EXPECT_NO_THROW(parse_json<json>(R"([{"a":1},{"a":2}])")) << "a key of each object";
}

TEST(JsonTest, DepthIsLimited) {
  EXPECT_EQ(error_of(nested(65)), "is JSON nested deeper than 64 levels");
  EXPECT_EQ(error_of(nested(2'000'000)), "is JSON nested deeper than 64 levels");
  EXPECT_EQ(error_of(std::string(2'000'000, '[')), "is JSON nested deeper than 64 levels") << "never closed";
  std::string objects;
  for (int i = 0; i < 100; ++i) objects += R"({"a":)";
  EXPECT_EQ(error_of(objects), "is JSON nested deeper than 64 levels");
  EXPECT_EQ(error_of("[[[[1]]]]", {.max_depth = 3}), "is JSON nested deeper than 3 levels");
}

TEST(JsonTest, SizeIsLimited) {
  EXPECT_EQ(error_of("[1,2,3]", {.max_bytes = 6}), "is 7 bytes of JSON; it must be at most 6");
}

TEST(JsonTest, AKeyStandsOnce) {
  EXPECT_EQ(error_of(R"({"a":1,"b":2,"a":3})"), "has the JSON key 'a' twice");
  EXPECT_EQ(error_of(R"([{"x":{"k":1,"k":1}}])"), "has the JSON key 'k' twice");
}

TEST(JsonTest, WhatIsNotJsonIsPlaced) {
  EXPECT_EQ(error_of("{\"a\": nonsense}").find("is not JSON: at byte "), 0U);
  EXPECT_EQ(error_of("").find("is not JSON: at byte "), 0U);
  EXPECT_EQ(error_of("[1] 2").find("is not JSON: at byte "), 0U);
  EXPECT_EQ(error_of("[1e999]"), "has a JSON number that is too large");
  EXPECT_EQ(error_of("\"\xff\"").find("is not JSON: at byte "), 0U) << "not UTF-8";
}

}  // namespace json_test
}  // namespace hitscope::dsp
