#include "ingest/tables/json_lines.h"

#include <gtest/gtest.h>

#include "tests/support/table_files.h"

namespace hitscope::ingest::tables {
namespace json_lines_test {

using Cells = std::vector<std::string>;

class JsonLinesTest : public testing::Test {
 protected:
  tl::expected<JsonLinesReader, Failure> open(const std::string& text) {
    path_ = folder_.write("table.jsonl", text);
    return JsonLinesReader::open(std::move(*ByteSource::open(path_)));
  }

  /// The rows of a file that can be opened; of a failed one its words.
  std::vector<tl::expected<TableRow, Failure>> rows(const std::string& text) {
    std::vector<tl::expected<TableRow, Failure>> result;
    auto reader = open(text);
    if (!reader) {
      ADD_FAILURE() << reader.error().detail;
      return result;
    }
    header_ = reader->header();
    while (auto row = reader->next()) {
      EXPECT_TRUE(!*row || (*row)->number == reader->row_number());
      result.push_back(std::move(*row));
    }
    n_dropped_ = reader->n_dropped_values();
    return result;
  }

  /// The cells of the only row.
  Cells cells(const std::string& text) {
    const auto got = rows(text);
    if (got.size() == 1 && got[0]) return got[0]->cells;
    ADD_FAILURE() << "expected one row of " << got.size() << (got.empty() || got[0] ? "" : got[0].error().detail);
    return {};
  }

  /// Why a line between two good ones is refused; the others must be read.
  std::string refusal(const std::string& line) {
    const auto got = rows("{\"id\":1}\n" + line + "\n{\"id\":3}\n");
    EXPECT_EQ(header_, Cells{"id"}) << "a bad line names no columns";
    if (got.size() != 3 || !got[0] || got[1] || !got[2]) {
      ADD_FAILURE() << "expected one bad row between two good ones for " << line.substr(0, 100);
      return "";
    }
    EXPECT_EQ(got[2]->number, 3U);
    EXPECT_EQ(got[2]->cells, Cells{"3"});
    EXPECT_EQ(got[1].error().stage, Stage::kCatalogue);
    EXPECT_EQ(got[1].error().kind, FailureKind::kBadRow);
    EXPECT_EQ(got[1].error().action, Action::kSkip);
    const std::string where = path_.string() + " row 2: ";
    EXPECT_TRUE(got[1].error().detail.starts_with(where)) << got[1].error().detail;
    return got[1].error().detail.substr(where.size());
  }

  std::string refusal_to_open(const std::string& text) {
    const auto reader = open(text);
    if (reader) {
      ADD_FAILURE() << "opened";
      return "";
    }
    EXPECT_EQ(reader.error().kind, FailureKind::kBadFile);
    EXPECT_EQ(reader.error().action, Action::kStop);
    EXPECT_TRUE(reader.error().detail.starts_with(path_.string())) << reader.error().detail;
    return reader.error().detail.substr(path_.string().size());
  }

  const tests::TestFolder folder_;
  std::filesystem::path path_;
  Cells header_;
  std::size_t n_dropped_ = 0;
};

TEST_F(JsonLinesTest, NumbersRowsByTheirLinesAndCountsBlankOnes) {
  const auto got = rows("{\"id\":\"a\",\"title\":\"First\"}\n\n \t\r\n{\"id\":\"b\",\"title\":\"Second\"}\r\n");
  EXPECT_EQ(header_, (Cells{"id", "title"}));
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(got[0]->number, 1U);
  EXPECT_EQ(got[0]->cells, (Cells{"a", "First"}));
  EXPECT_EQ(got[1]->number, 4U);
  EXPECT_EQ(got[1]->cells, (Cells{"b", "Second"}));
}

TEST_F(JsonLinesTest, ReadsWhatPythonWrote) {
  // json.dumps of one dict, once with ensure_ascii and once without.
  const Cells want{"a",
                   "Señorita – 愛 🎵",
                   "1234567890123456789",
                   "-0.5",
                   "1e+300",
                   "true",
                   "false",
                   "",
                   "[1,2.5,\"a\\\"b\",null,{\"k\":[]}]",
                   "A",
                   "pop"};
  const std::string rest =
      "\"n\": 1234567890123456789, \"x\": -0.5, \"e\": 1e+300, \"t\": true, \"f\": false, \"z\": null, "
      "\"l\": [1, 2.5, \"a\\\"b\", null, {\"k\": []}], \"artist\": {\"name\": \"A\", \"tags\": {\"main\": \"pop\"}}}";
  const auto got = rows("{\"id\": \"a\", \"name\": \"Se\\u00f1orita \\u2013 \\u611b \\ud83c\\udfb5\", " + rest +
                        "\n{\"id\": \"a\", \"name\": \"Señorita – 愛 🎵\", " + rest);
  // What pandas.json_normalize names the columns.
  EXPECT_EQ(header_, (Cells{"id", "name", "n", "x", "e", "t", "f", "z", "l", "artist.name", "artist.tags.main"}));
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(got[0]->cells, want);
  EXPECT_EQ(got[1]->cells, want);
}

TEST_F(JsonLinesTest, KeepsEveryDigitOfANumber) {
  for (const std::string number :
       {"0", "-0", "-0.0", "0.10", "1234567890123456789", "18446744073709551615", "-9223372036854775808",
        "123456789012345678901234567890", "-99999999999999999999", "1E5", "1.50e-07", "3.14159265358979323846"}) {
    EXPECT_EQ(cells("{\"n\":" + number + "}"), Cells{number});
    EXPECT_EQ(cells("{\"n\":[" + number + "]}"), Cells{"[" + number + "]"});
  }
}

TEST_F(JsonLinesTest, KeepsArraysAsJsonWithoutSpaces) {
  EXPECT_EQ(cells(R"({"a": [ ], "b": [ [1, [ ] ], { } , {"x": 1, "y": ["é\n", true]} ], "c": "end"})"),
            (Cells{"[]", R"([[1,[]],{},{"x":1,"y":["é\n",true]}])", "end"}));
  EXPECT_EQ(header_, (Cells{"a", "b", "c"}));
}

TEST_F(JsonLinesTest, FlattensObjectsWithDots) {
  EXPECT_EQ(cells(R"({"a":{"b":{"c":1},"d":2},"e":3,"":{"":4},"empty":{},"f":{"g":[5]}})"),
            (Cells{"1", "2", "3", "4", "[5]"}));
  EXPECT_EQ(header_, (Cells{"a.b.c", "a.d", "e", ".", "f.g"}));
}

TEST_F(JsonLinesTest, TakesTheLastOfTwoValues) {
  EXPECT_EQ(cells(R"({"a":1,"b":2,"a":3,"c":{"d":4},"c.d":5})"), (Cells{"3", "2", "5"}));
  EXPECT_EQ(cells(R"({"a":1,"a":null})"), Cells{""});
}

TEST_F(JsonLinesTest, UnitesTheKeysOfTheFirstThousandObjectsAndCountsWhatLaterOnesAdd) {
  std::string text = "{\"id\":0}\n";
  for (int i = 1; i < 999; ++i) text += "{\"id\":" + std::to_string(i) + "}\n";
  text += "{\"late\":\"x\",\"id\":999}\n";
  text += "{\"id\":1000,\"later\":1,\"nothing\":null,\"deep\":{\"er\":[]}}\n{\"later\":2,\"late\":3}\n{\"later\":4";
  const auto got = rows(text);
  EXPECT_EQ(header_, (Cells{"id", "late"}));
  ASSERT_EQ(got.size(), 1003U);
  EXPECT_EQ(got[5]->cells, (Cells{"5", ""}));
  EXPECT_EQ(got[999]->cells, (Cells{"999", "x"}));
  EXPECT_EQ(got[1000]->cells, (Cells{"1000", ""}));
  EXPECT_EQ(got[1001]->cells, (Cells{"", "3"}));
  EXPECT_FALSE(got[1002]);
  EXPECT_EQ(n_dropped_, 3U) << "neither null nor values of a bad row count";
}

TEST_F(JsonLinesTest, RefusesLinesThatAreNoObjectAndGoesOn) {
  EXPECT_EQ(refusal("[1]"), "is JSON, but not an object");
  EXPECT_EQ(refusal("\"text\""), "is JSON, but not an object");
  EXPECT_EQ(refusal("null"), "is JSON, but not an object");
  EXPECT_EQ(refusal("12"), "is JSON, but not an object");
  EXPECT_EQ(refusal("id,title"), "is not a JSON object (byte 1: invalid literal)");
  EXPECT_EQ(refusal("{\"x\":}"), "is not a JSON object (byte 6: unexpected '}')");
  EXPECT_EQ(refusal("{\"x\":1"), "is not a JSON object (byte 7: unexpected end of input)");
  for (const std::string line : {"{", "}", "{\"x\":1}}", "{\"x\":1} {\"x\":2}", "{\"x\":1},", "{x:1}", "{'x':1}",
                                 "{\"x\":NAN}", "{\"x\":1,}", "{\"x\":01}", "{\"x\":\"\t\"}", "{\"x\":1e999}",
                                 "{\"x\":[1}", "{\"x\":[1,2", "{\"x\":{\"y\":1}", "{\"x\":\"\\ud800\"}"}) {
    EXPECT_TRUE(refusal(line).starts_with("is not a JSON object (byte ")) << line;
  }
}

TEST_F(JsonLinesTest, RefusesWhatIsNoUtf8) {
  for (const std::string bytes : {"\xFF", "\xC0\x80", "\xE9t\xE9", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xC3"}) {
    EXPECT_NE(refusal("{\"x\":\"" + bytes + "\"}").find("ill-formed UTF-8 byte"), std::string::npos);
    EXPECT_NE(refusal("{\"" + bytes + "\":1}").find("ill-formed UTF-8 byte"), std::string::npos);
    EXPECT_TRUE(refusal(bytes).starts_with("is not a JSON object (byte "));
  }
}

TEST_F(JsonLinesTest, BoundsHowDeepObjectsAndArraysAreNested) {
  const auto nested = [](const std::string& open, const std::string& close, int n) {
    std::string text = "{\"id\":";
    for (int i = 0; i < n; ++i) text += open;
    text += "1";
    for (int i = 0; i < n; ++i) text += close;
    return text + "}";
  };
  EXPECT_EQ(cells(nested("{\"k\":", "}", 63)), Cells{"1"});
  EXPECT_EQ(cells(nested("[", "]", 63)).size(), 1U);
  EXPECT_EQ(refusal(nested("{\"k\":", "}", 64)), "is nested more than 64 levels deep");
  EXPECT_EQ(refusal(nested("[", "]", 64)), "is nested more than 64 levels deep");
  EXPECT_EQ(refusal("{\"id\":" + std::string(5'000'000, '[')), "is nested more than 64 levels deep");
  EXPECT_EQ(refusal(std::string(1'000'000, '[')), "is JSON, but not an object");
}

TEST_F(JsonLinesTest, BoundsNamesAndValues) {
  EXPECT_EQ(refusal("{\"" + std::string(1001, 'k') + "\":1}"), "has a key of more than 1000 bytes");
  EXPECT_EQ(refusal("{\"" + std::string(600, 'k') + "\":{\"" + std::string(600, 'k') + "\":1}}"),
            "has a key of more than 1000 bytes");
  std::string many = "{\"id\":0";
  for (int i = 0; i < 100'000; ++i) many += ",\"k" + std::to_string(i) + "\":0";
  EXPECT_EQ(refusal(many + "}"), "has more than 100000 values");
  std::string lines;
  for (int line = 0; line < 3; ++line) {
    lines += "{\"id\":0";
    for (int i = 0; i < 50'000; ++i) lines += ",\"k" + std::to_string(line * 50'000 + i) + "\":0";
    lines += "}\n";
  }
  EXPECT_EQ(refusal_to_open(lines), ": has over 100000 different keys; each names a column");
}

TEST_F(JsonLinesTest, SkipsALineOfOverSixteenMebibytes) {
  EXPECT_EQ(refusal("{\"id\":\"" + std::string(40'000'000, 'x') + "\"}"), "is larger than 16 MiB");
  const std::string large((std::size_t{16} << 20) - 9, 'x');
  EXPECT_EQ(cells("{\"id\":\"" + large + "\"}").front().size(), large.size()) << "exactly 16 MiB";
  EXPECT_EQ(refusal("{\"id\":\"" + large + "x\"}"), "is larger than 16 MiB");
  EXPECT_EQ(refusal(std::string(20'000'000, ' ')), "is larger than 16 MiB") << "too large to be known as blank";
}

TEST_F(JsonLinesTest, ReadsLinesThatLieAcrossItsBuffersEnd) {
  std::string text;
  constexpr std::size_t kRows = 9000;
  for (std::size_t i = 0; i < kRows; ++i) {
    text += "{\"id\":" + std::to_string(i) + ",\"pad\":\"" + std::string(60 + i % 7, 'x') + "\"}\n";
  }
  const auto got = rows(text);
  ASSERT_EQ(got.size(), kRows);
  for (std::size_t i = 0; i < kRows; ++i) {
    ASSERT_TRUE(got[i]);
    ASSERT_EQ(got[i]->number, i + 1);
    ASSERT_EQ(got[i]->cells, (Cells{std::to_string(i), std::string(60 + i % 7, 'x')}));
  }
}

TEST_F(JsonLinesTest, DropsAByteOrderMark) {
  EXPECT_EQ(cells("\xEF\xBB\xBF{\"id\":1}\n"), Cells{"1"});
  EXPECT_EQ(header_, Cells{"id"});
}

TEST_F(JsonLinesTest, RefusesWhatMakesNoTable) {
  for (const std::string text : {"", "\n \n", "\xEF\xBB\xBF"}) {
    EXPECT_EQ(refusal_to_open(text), ": is empty; its first line must be a JSON object");
  }
  EXPECT_EQ(refusal_to_open("{}\n{}\n"), ": its first objects have no keys; keys name the columns");
  EXPECT_EQ(refusal_to_open("{\n\"id\": 1\n}\n"),
            ": none of its first 3 lines is a JSON object, whole on its line; the first: " + path_.string() +
                " row 1: is not a JSON object (byte 2: unexpected end of input)");
  EXPECT_EQ(refusal_to_open("nonsense"), " row 1: is not a JSON object (byte 2: invalid literal)");
}

TEST_F(JsonLinesTest, ReadsTheObjectsOfAnArray) {
  const auto got = rows("\xEF\xBB\xBF\n [\n{\"id\":\n1},\n\n{\"id\":2}\n]\n");
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(got[1]->cells, Cells{"2"});
  EXPECT_EQ(refusal_to_open("[1, 2]"), ": is JSON without an array of objects; each object makes a row");
}

TEST_F(JsonLinesTest, TellsDamagedGzipDataAfterTheRowsBeforeIt) {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += "{\"id\":" + std::to_string(i) + ",\"x\":\"" + tests::noise(200) + "\"}\n";
  const std::string zipped = tests::gzipped(text + tests::noise(100'000));
  const auto got = rows(zipped.substr(0, zipped.size() - 50'000));
  ASSERT_EQ(got.size(), 3001U);
  for (std::size_t i = 0; i < 3000; ++i) ASSERT_TRUE(got[i]) << i;
  ASSERT_FALSE(got[3000]);
  EXPECT_EQ(got[3000].error().kind, FailureKind::kBadRow);
  EXPECT_EQ(got[3000].error().detail, path_.string() +
                                          " row 3001: the gzip data is damaged (it is cut short); nothing "
                                          "after it was read");
  EXPECT_EQ(refusal_to_open(tests::gzipped("{\"id\":1}").substr(0, 12)),
            " row 1: the gzip data is damaged (it is cut short); nothing after it was read");
}

TEST_F(JsonLinesTest, StopsWhereTheKeysOfAFewLinesMakeNearlyAllCellsEmpty) {
  std::string text = "{\"id\":\"first\"";
  for (int i = 0; i < 50'000; ++i) text += ",\"c" + std::to_string(i) + "\":1";
  text += "}\n";
  for (int i = 0; i < 6000; ++i) text += "{\"id\":\"" + std::to_string(i) + "\"}\n";
  const auto got = rows(text);
  ASSERT_LT(got.size(), 1000U);
  ASSERT_GT(got.size(), 50U);
  ASSERT_FALSE(got.back());
  EXPECT_NE(got.back().error().detail.find("the keys make 50001 columns, nearly all of them empty"), std::string::npos);
}

TEST_F(JsonLinesTest, ReadsTablesWithManyKeysThatAreRare) {
  // 300 keys, of which each line has five: 60 cells of 64 are empty.
  std::string text;
  for (int i = 0; i < 20'000; ++i) {
    text += "{\"id\":" + std::to_string(i);
    for (int k = 0; k < 5; ++k) text += ",\"key" + std::to_string((i * 7 + k * 61) % 300) + "\":" + std::to_string(k);
    text += "}\n";
  }
  const auto got = rows(text);
  EXPECT_EQ(got.size(), 20'000U);
  EXPECT_TRUE(got.back());
}

}  // namespace json_lines_test
}  // namespace hitscope::ingest::tables
