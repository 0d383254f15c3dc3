// Where a catalogue's rows and URLs come from: formats, standard input, mirrors.
#include <gtest/gtest.h>

#include "ingest/tables/catalogue.h"
#include "tests/support/table_files.h"

namespace hitscope::ingest::tables {
namespace catalogue_sources_test {

using Urls = std::vector<std::string>;

class CatalogueSourcesTest : public testing::Test {
 protected:
  tl::expected<Catalogue, Failure> open(const std::string& text, const CatalogueOptions& options) {
    path_ = folder_.write("songs.csv", text);
    return Catalogue::open(path_, options);
  }

  /// The words of the kBadUrl of the only row, without file and row.
  std::string bad_url(const std::string& text, const CatalogueOptions& options) {
    auto catalogue = open(text, options);
    const auto row = catalogue ? catalogue->next() : std::nullopt;
    if (!row || row->track) {
      ADD_FAILURE() << "expected a failed row";
      return "";
    }
    EXPECT_EQ(row->track.error().kind, FailureKind::kBadUrl);
    const std::string where = path_.string() + " row 2: ";
    EXPECT_TRUE(row->track.error().detail.starts_with(where)) << row->track.error().detail;
    return row->track.error().detail.substr(where.size());
  }

  const tests::TestFolder folder_;
  std::filesystem::path path_;
};

TEST_F(CatalogueSourcesTest, TriesTheMirrorsOfARowInTheOrderGiven) {
  CatalogueOptions options;
  options.columns.urls = {"mirror", "preview_url", "backup"};
  options.need_url = true;
  auto catalogue = open(
      "id,preview_url,backup,mirror\n"
      "a,http://h/p,http://h/b,http://h/m\n"
      "b,,http://h/b,\n"
      "c,http://h/p,http://h/p,http://h/p\n"
      "d,ftp://h/p,http://h/b,nan\n",
      options);
  ASSERT_TRUE(catalogue);
  EXPECT_EQ(catalogue->roles().urls, (std::vector<std::size_t>{3, 1, 2}));
  EXPECT_EQ(catalogue->next()->track->urls, (Urls{"http://h/m", "http://h/p", "http://h/b"}));
  EXPECT_EQ(catalogue->next()->track->urls, Urls{"http://h/b"}) << "empty ones are left out";
  EXPECT_EQ(catalogue->next()->track->urls, Urls{"http://h/p"}) << "none twice";
  EXPECT_EQ(catalogue->next()->track->urls, Urls{"http://h/b"}) << "what cannot be fetched is left out";
  EXPECT_FALSE(catalogue->next());
}

TEST_F(CatalogueSourcesTest, RefusesARowOnlyWhereNoMirrorCanBeFetched) {
  CatalogueOptions options;
  options.columns.urls = {"preview_url", "backup"};
  options.need_url = true;
  const std::string header = "id,preview_url,backup\n";
  EXPECT_EQ(bad_url(header + "a,ftp://h/p,file:///b\n", options),
            "url 'ftp://h/p' has the scheme 'ftp'; it must be http or https; "
            "url 'file:///b' has the scheme 'file'; it must be http or https");
  EXPECT_EQ(bad_url(header + "a,null,//h/b\n", options),
            "url '//h/b' has no scheme; write https: or http: before its slashes")
      << "a missing one is not another that is wrong";
}

TEST_F(CatalogueSourcesTest, GivesUrlsAsBrowsersReadThem) {
  auto catalogue = open(
      "id,preview_url\na, http://h/a?1\t\nb,\"http://h/a?2\r\n\"\nc,http://h/My S\xC3\xB6ng.mp3\n"
      "d,http://m\xC3\xBCnchen.de/%20\ne,\xC2\xA0http://h/e\xC2\xA0\n",
      {});
  ASSERT_TRUE(catalogue);
  for (const char* url :
       {"http://h/a?1", "http://h/a?2", "http://h/My%20S%C3%B6ng.mp3", "http://xn--mnchen-3ya.de/%20", "http://h/e"}) {
    EXPECT_EQ(catalogue->next()->track->urls, Urls{url});
  }
}

TEST_F(CatalogueSourcesTest, NamesAMirrorColumnThatIsMissing) {
  CatalogueOptions options;
  options.columns.urls = {"preview_url", "backup"};
  const auto catalogue = open("id,preview_url\n", options);
  ASSERT_FALSE(catalogue);
  EXPECT_EQ(catalogue.error().detail,
            path_.string() + ": has no column 'backup', named by `url_column`; its columns are: id, preview_url");
}

TEST_F(CatalogueSourcesTest, ReadsJsonLinesWithNestedRolesAndLineNumbers) {
  path_ = folder_.write("songs.jsonl",
                        "{\"id\":7,\"artist\":{\"name\":\"A\"},\"preview_url\":\"http://h/7\",\"popularity\":40}\n"
                        "{\"id\":7,\"preview_url\":null}\n");
  CatalogueOptions options;
  options.columns.artist = "artist.name";
  auto catalogue = Catalogue::open(path_, options);
  ASSERT_TRUE(catalogue) << catalogue.error().detail;
  const auto row = catalogue->next();
  ASSERT_TRUE(row && row->track);
  EXPECT_EQ(row->row, 1U);
  EXPECT_EQ(row->id, "7");
  EXPECT_EQ(row->track->artist, "A");
  EXPECT_EQ(row->track->urls, Urls{"http://h/7"});
  const auto again = catalogue->next();
  ASSERT_TRUE(again && !again->track);
  EXPECT_EQ(again->track.error().detail,
            path_.string() + " row 2: id '7' is already used in row 1; ids must be unique");
  EXPECT_EQ(catalogue->n_dropped_values(), 0U);
  EXPECT_EQ(catalogue->fraction_read(), 1.0);
}

TEST_F(CatalogueSourcesTest, ReadsStandardInput) {
  const auto input = tests::StandardInput::from_pipe(tests::gzipped("id\ttitle\na\tFirst\na\tagain\n"));
  auto catalogue = Catalogue::open("-", {});
  ASSERT_TRUE(catalogue) << catalogue.error().detail;
  EXPECT_EQ(catalogue->path(), "-");
  EXPECT_LT(catalogue->fraction_read(), 0.0);
  EXPECT_EQ(catalogue->next()->track->cells, (std::vector<std::string>{"a", "First"}));
  EXPECT_EQ(catalogue->next()->track.error().detail,
            "standard input row 3: id 'a' is already used in row 2; ids must be unique");
  EXPECT_FALSE(catalogue->next());
}

TEST_F(CatalogueSourcesTest, ReadsTheFormatThatIsAskedFor) {
  CatalogueOptions options;
  options.writing.format = TableFormat::kTsv;
  const auto catalogue = open("id\ttitle, of it\n", options);
  ASSERT_TRUE(catalogue);
  EXPECT_EQ(catalogue->header(), (std::vector<std::string>{"id", "title, of it"}));
}

TEST_F(CatalogueSourcesTest, NamesColumnsAsEveryReaderOfTablesDoes) {
  const auto catalogue = open("id,t\xEFtre,,d\xC3\xA9j\xC3\xA0\n", {});
  ASSERT_TRUE(catalogue) << catalogue.error().detail;
  EXPECT_EQ(catalogue->header(), (std::vector<std::string>{"id", "tïtre", "column-3", "déjà"}));
  const auto two = open("id,,column-2\n1,x,y\n", {});
  ASSERT_FALSE(two);
  EXPECT_TRUE(two.error().detail.ends_with("columns 2 and 3 are both named 'column-2'; names must be unique"));
}

}  // namespace catalogue_sources_test
}  // namespace hitscope::ingest::tables
