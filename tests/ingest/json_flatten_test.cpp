#include "ingest/tables/json_flatten.h"

#include <gtest/gtest.h>

#include <vector>

namespace hitscope::ingest::tables {
namespace json_flatten_test {

TEST(JsonFlattenTest, NumbersThatJsonHasNotAreNull) {
  std::vector<std::string> texts;
  std::vector<bool> nulls;
  const auto problem = flatten_json(R"({"a":NaN,"b":-Infinity,"c":Infinity,"d":"NaN \" NaN","e":[NaN],"NaN":1})",
                                    [&](JsonValue&& value) {
                                      texts.push_back(value.text);
                                      nulls.push_back(value.is_null);
                                    });
  EXPECT_EQ(problem, std::nullopt);
  EXPECT_EQ(texts, (std::vector<std::string>{"", "", "", "NaN \" NaN", "[null]", "1"}));
  EXPECT_EQ(nulls, (std::vector<bool>{true, true, true, false, false, false}));
  EXPECT_NE(flatten_json("{\"a\":nan}", [](JsonValue&&) {}), std::nullopt) << "in Python's spelling only";
}

}  // namespace json_flatten_test
}  // namespace hitscope::ingest::tables
