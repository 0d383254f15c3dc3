#include "ingest/tables/side_files.h"

#include <gtest/gtest.h>

#include "tests/support/refusals.h"
#include "tests/support/table_files.h"

namespace hitscope::ingest::tables {
namespace side_files_test {

using tests::refusal_of;

class SideFilesTest : public testing::Test {
 protected:
  std::string mapping_refusal(const std::string& text) const {
    const auto path = folder_.write("map.csv", text);
    return without_path(path, refusal_of([&] { read_mapping(path); }));
  }
  std::string parts_refusal(const std::string& text) const {
    const auto path = folder_.write("split.csv", text);
    return without_path(path, refusal_of([&] { read_parts(path, "id"); }));
  }

  const tests::TestFolder folder_;

 private:
  static std::string without_path(const std::filesystem::path& path, const std::string& message) {
    EXPECT_TRUE(message.starts_with(path.string())) << message;
    return message.substr(std::min(message.size(), path.string().size()));
  }
};

TEST_F(SideFilesTest, ReadsTextsAndTheirClasses) {
  const auto mapping = read_mapping(folder_.write("map.csv", "genre,class\nhouse, dance \ntechno,dance\nfolk,other\n"));
  EXPECT_EQ(mapping, (std::map<std::string, std::string>{{"house", "dance"}, {"techno", "dance"}, {"folk", "other"}}));
}

TEST_F(SideFilesTest, TakesTheSameMappingTwice) {
  EXPECT_EQ(read_mapping(folder_.write("map.csv", "a,b\nx,1\nx,1\ny,2\n")).size(), 2U);
}

TEST_F(SideFilesTest, RefusesMappingsThatContradictThemselves) {
  EXPECT_EQ(mapping_refusal("a,b\nx,1\nx,2\n"), " row 3: 'x' has the class '2' here and '1' in an earlier row");
  EXPECT_EQ(mapping_refusal("a,b\nx,1\ny,\n"), " row 3: 'y' has no class");
  EXPECT_EQ(mapping_refusal("a,b\nx,1\ny,1\n"), ": names fewer than two classes");
  EXPECT_EQ(mapping_refusal("a,b,c\nx,1,2\n"), ": has 3 columns; a mapping has two: the text and its class");
}

TEST_F(SideFilesTest, ReadsPartsByIdOrRow) {
  const auto path = folder_.write("split.csv", "row,id,part\n2,a,train\n3,b,test\n");
  EXPECT_EQ(read_parts(path, "id").at("b"), "test");
  EXPECT_EQ(read_parts(path, "row").at("2"), "train");
  EXPECT_EQ(read_parts(path, "row").size(), 2U);
}

TEST_F(SideFilesTest, RefusesPartsOfWhichOneIdHasTwo) {
  EXPECT_EQ(parts_refusal("id,part\na,train\na,train\n"), " row 3: id 'a' appears twice");
  EXPECT_EQ(parts_refusal("id,side\na,train\n"), ": needs the columns id and part, like split.csv in a run folder");
  EXPECT_EQ(parts_refusal("row,part\n2,train\n"), ": needs the columns id and part, like split.csv in a run folder");
}

TEST_F(SideFilesTest, NamesAFileThatIsNotThere) {
  EXPECT_NE(refusal_of([] { read_mapping("no/such.csv"); }).find("no/such.csv"), std::string::npos);
  EXPECT_NE(refusal_of([] { read_parts("no/such.csv", "id"); }).find("no/such.csv"), std::string::npos);
}

}  // namespace side_files_test
}  // namespace hitscope::ingest::tables
