#include "ingest/tables/json_array.h"

#include <gtest/gtest.h>

namespace hitscope::ingest::tables {
namespace json_array_test {

/// The lines of a document that comes in pieces of `n` bytes.
std::string lines_of(const std::string& document, std::size_t n) {
  JsonArray array;
  std::string lines;
  for (std::size_t i = 0; i < document.size(); i += n) lines += array.lines_of(std::string_view(document).substr(i, n));
  return lines;
}

TEST(JsonArrayTest, GivesALineForEachObjectWhereverABlockEnds) {
  const std::string two = "{\"id\":1}\n{\"id\":2}\n";
  for (const std::string document :
       {"[{\"id\":1},{\"id\":2}]", " [ {\"id\":1} , {\"id\":2} ] ",
        "{\"n\":2,\"results\":[{\"id\":1},{\"id\":2}],\"more\":[{\"id\":3}]}",
        "{\"tracks\": {\"href\": \"[{\", \"images\": [{\"w\": 1}], \"items\": [{\"id\":1}, {\"id\":2}]}}"}) {
    for (const std::size_t n : {1U, 2U, 7U, 1000U}) EXPECT_EQ(lines_of(document, n), two) << document << " by " << n;
  }
}

TEST(JsonArrayTest, BracketsAndQuotesInTextsAreText) {
  EXPECT_EQ(lines_of("[{\"a\":\"]}\\\"[{\"},{\"b\":[{\"c\":[]}]}]", 3), "{\"a\":\"]}\\\"[{\"}\n{\"b\":[{\"c\":[]}]}\n");
  EXPECT_EQ(lines_of("[{\"a\":\n1}]", 1), "{\"a\": 1}\n") << "a newline would end the line";
}

std::string problem_of(const std::string& document) {
  JsonArray array;
  array.lines_of(document);
  return array.problem();
}

TEST(JsonArrayTest, SaysWhereADocumentIsCutShortOrMoreFollows) {
  EXPECT_EQ(problem_of("[{\"id\":1}]\n"), "");
  EXPECT_EQ(problem_of("{\"items\":[{\"id\":1}],\"next\":\"}]\",\"x\":{\"y\":[]}}\n"), "");
  for (const char* cut :
       {"[{\"id\":1},{\"id\":2", "[{\"id\":1}", "{\"items\":[{\"id\":1}]", "[", "{\"items\":[{\"id\":1}],\"n\":\"}"}) {
    EXPECT_EQ(problem_of(cut), "the JSON document is cut short") << cut;
  }
  EXPECT_TRUE(problem_of("{\"id\":1,\"tracks\":[{\"id\":5}]}\n{\"id\":2}\n").starts_with("more follows"));
}

TEST(JsonArrayTest, TellsDocumentsFromLines) {
  EXPECT_TRUE(is_json_document("[{\"id\":1}]"));
  EXPECT_TRUE(is_json_document("\xEF\xBB\xBF {\"results\":[{\"id\":1}]}\n"));
  EXPECT_TRUE(is_json_document("{\n\"data\": [\n{\"id\":1}\n]}"));
  EXPECT_FALSE(is_json_document("{\"id\":1,\"items\":[{\"id\":5}]}\n{\"id\":2}\n")) << "several lines";
  EXPECT_FALSE(is_json_document("{\"id\":1,\"artists\":[{\"name\":\"a\"}]}\n")) << "one row with a list";
  EXPECT_FALSE(is_json_document("{\"id\":1}\n"));
  EXPECT_FALSE(is_json_document("id,title\n"));
}

}  // namespace json_array_test
}  // namespace hitscope::ingest::tables
