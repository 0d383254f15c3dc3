#include "ingest/tables/catalogue.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "ingest/url.h"

namespace hitscope::ingest::tables {
namespace catalogue_test {

using Urls = std::vector<std::string>;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class CatalogueTest : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove_all(folder_); }

  tl::expected<Catalogue, Failure> open(const std::string& text, const CatalogueOptions& options = {}) {
    std::ofstream(path_, std::ios::binary) << text;
    return Catalogue::open(path_, options);
  }

  std::vector<CatalogueRow> rows(const std::string& text, const CatalogueOptions& options = {}) {
    std::vector<CatalogueRow> result;
    auto catalogue = open(text, options);
    if (!catalogue) {
      ADD_FAILURE() << catalogue.error().detail;
      return result;
    }
    while (auto row = catalogue->next()) result.push_back(std::move(*row));
    return result;
  }

  /// The failure of the only row of a catalogue with the given id (or URL).
  Failure failure_of_id(const std::string& id) { return failure_of(rows("id,title\n" + id + ",x\n")); }
  Failure failure_of_url(const std::string& url) {
    CatalogueOptions options;
    options.need_url = true;
    return failure_of(rows("id,preview_url\na," + url + "\n", options));
  }

  Failure failure_of(const std::vector<CatalogueRow>& rows) {
    if (rows.size() == 1 && !rows.front().track) return rows.front().track.error();
    ADD_FAILURE() << "expected one failed row of " << rows.size();
    return {};
  }

  const std::filesystem::path folder_ = [] {
    const auto path =
        std::filesystem::path(testing::TempDir()) / ("hitscope_catalogue_" + std::to_string(::getpid()) + "_" +
                                                     testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(path);
    return path;
  }();
  const std::filesystem::path path_ = folder_ / "songs.csv";
};

TEST_F(CatalogueTest, FindsRolesByTheirUsualNames) {
  auto catalogue = open("title,track_id,artist_name,song_popularity,preview_url\nT,a,A,50,http://h/a.mp3\n");
  ASSERT_TRUE(catalogue);
  EXPECT_EQ(catalogue->path(), path_);
  EXPECT_EQ(catalogue->roles().id, 1U);
  EXPECT_EQ(catalogue->roles().artist, 2U);
  EXPECT_EQ(catalogue->roles().popularity, 3U);
  EXPECT_EQ(catalogue->roles().urls, (std::vector<std::size_t>{4}));
  const auto row = catalogue->next();
  ASSERT_TRUE(row && row->track);
  EXPECT_EQ(row->row, 2U);
  EXPECT_EQ(row->id, "a");
  EXPECT_EQ(row->track->row, 2U);
  EXPECT_EQ(row->track->id, "a");
  EXPECT_EQ(row->track->artist, "A");
  EXPECT_EQ(row->track->urls, Urls{"http://h/a.mp3"});
  EXPECT_EQ(row->track->cells, (std::vector<std::string>{"T", "a", "A", "50", "http://h/a.mp3"}));
  EXPECT_FALSE(catalogue->next());
}

TEST_F(CatalogueTest, FindsRolesWhateverTheirCaseAndSeparators) {
  const auto catalogue = open("PREVIEW-URL,Artist Name,Track ID,Popularity\n");
  ASSERT_TRUE(catalogue);
  EXPECT_EQ(catalogue->roles().urls, (std::vector<std::size_t>{0}));
  EXPECT_EQ(catalogue->roles().artist, 1U);
  EXPECT_EQ(catalogue->roles().id, 2U);
  EXPECT_EQ(catalogue->roles().popularity, 3U);
  EXPECT_EQ(catalogue->header(), (std::vector<std::string>{"PREVIEW-URL", "Artist Name", "Track ID", "Popularity"}))
      << "the header keeps its spelling";
}

TEST_F(CatalogueTest, PrefersTheFirstUsualNameWhereSeveralColumnsCouldServe) {
  const auto catalogue = open("url,song_id,preview_url,id\n");
  ASSERT_TRUE(catalogue);
  EXPECT_EQ(catalogue->roles().id, 3U);
  EXPECT_EQ(catalogue->roles().urls, (std::vector<std::size_t>{2}));
}

TEST_F(CatalogueTest, LeavesRolesOpenThatNoColumnFits) {
  const auto catalogue = open("title,tempo\nT,120\n");
  ASSERT_TRUE(catalogue);
  EXPECT_FALSE(catalogue->roles().id);
  EXPECT_TRUE(catalogue->roles().urls.empty());
  EXPECT_FALSE(catalogue->roles().artist);
  EXPECT_FALSE(catalogue->roles().popularity);
}

TEST_F(CatalogueTest, TakesRolesThatAreGiven) {
  CatalogueOptions options;
  options.columns = {"key", {"link"}, "who", "score"};
  auto catalogue = open("id,score,who,link,key,preview_url\n1,2,3,4,5,6\n", options);
  ASSERT_TRUE(catalogue);
  EXPECT_EQ(catalogue->roles().id, 4U);
  EXPECT_EQ(catalogue->roles().urls, (std::vector<std::size_t>{3}));
  EXPECT_EQ(catalogue->roles().artist, 2U);
  EXPECT_EQ(catalogue->roles().popularity, 1U);
  EXPECT_EQ(catalogue->next()->id, "5");
}

TEST_F(CatalogueTest, NamesTheFlagAndAllColumnsWhereANeededOneIsMissing) {
  CatalogueOptions options;
  options.need_id = true;
  const auto no_id = open("title,tempo\n", options);
  ASSERT_FALSE(no_id);
  EXPECT_EQ(no_id.error().stage, Stage::kCatalogue);
  EXPECT_EQ(no_id.error().kind, FailureKind::kBadFile);
  EXPECT_EQ(no_id.error().action, Action::kStop);
  for (const std::string& part : {path_.string(), std::string("no id column"), std::string("`id_column`"),
                                  std::string("track_id"), std::string("its columns are: title, tempo")}) {
    EXPECT_TRUE(contains(no_id.error().detail, part)) << part << " in: " << no_id.error().detail;
  }
  options.need_id = false;
  options.need_url = true;
  const auto no_url = open("id,title\n", options);
  ASSERT_FALSE(no_url);
  for (const std::string part : {"no url column", "`url_column`", "preview_url", "its columns are: id, title"}) {
    EXPECT_TRUE(contains(no_url.error().detail, part)) << part << " in: " << no_url.error().detail;
  }
}

TEST_F(CatalogueTest, NamesAGivenColumnThatIsMissing) {
  CatalogueOptions options;
  options.columns.popularity = "Popularity";  // given names are taken to the letter
  const auto catalogue = open("id,popularity\n", options);
  ASSERT_FALSE(catalogue);
  EXPECT_EQ(catalogue.error().kind, FailureKind::kBadFile);
  EXPECT_EQ(
      catalogue.error().detail,
      path_.string() + ": has no column 'Popularity', named by `popularity_column`; its columns are: id, popularity");
}

TEST_F(CatalogueTest, PassesOnThatTheFileCannotBeRead) {
  const auto catalogue = Catalogue::open(folder_ / "absent.csv", {});
  ASSERT_FALSE(catalogue);
  EXPECT_EQ(catalogue.error().kind, FailureKind::kBadFile);
  EXPECT_TRUE(contains(catalogue.error().detail, "absent.csv")) << catalogue.error().detail;
}

TEST_F(CatalogueTest, NamesBothRowsOfADuplicateId) {
  const auto got = rows("id,title\na,1\nb,2\na,3\na,4\nA,5\n");
  ASSERT_EQ(got.size(), 5U);
  EXPECT_TRUE(got[0].track && got[1].track);
  for (const std::size_t i : {2U, 3U}) {
    ASSERT_FALSE(got[i].track);
    EXPECT_EQ(got[i].row, i + 2);
    EXPECT_EQ(got[i].id, "a");
    EXPECT_EQ(got[i].track.error().kind, FailureKind::kDuplicateId);
    EXPECT_EQ(got[i].track.error().action, Action::kSkip);
    EXPECT_EQ(got[i].track.error().detail, path_.string() + " row " + std::to_string(i + 2) +
                                               ": id 'a' is already used in row 2; ids must be unique");
  }
  EXPECT_TRUE(got[4].track) << "ids differ by case";
}

TEST_F(CatalogueTest, RefusesAnIdThatClimbsOutOfItsFolder) {
  const Failure failure = failure_of_id("../../etc/passwd");
  EXPECT_EQ(failure.stage, Stage::kCatalogue);
  EXPECT_EQ(failure.kind, FailureKind::kBadId);
  EXPECT_EQ(failure.action, Action::kSkip);
  EXPECT_EQ(failure.detail,
            path_.string() + " row 2: id '../../etc/passwd' contains the path segment '..'; an id must not be a path");
}

TEST_F(CatalogueTest, RefusesEveryIdThatIsAPath) {
  for (const std::string id : {"..", ".", "a/..", "a/../b", "a/./b", "./a", "a\\..\\b", "..\\a", "a/.."}) {
    const Failure failure = failure_of_id(id);
    EXPECT_EQ(failure.kind, FailureKind::kBadId) << id;
    EXPECT_TRUE(contains(failure.detail, "row 2: id '" + id + "' contains the path segment '.")) << failure.detail;
  }
  for (const std::string id : {"/etc/passwd", "\\server", "/"}) {
    const Failure failure = failure_of_id(id);
    EXPECT_EQ(failure.kind, FailureKind::kBadId) << id;
    EXPECT_TRUE(contains(failure.detail, "id '" + id + "' starts with a path separator")) << failure.detail;
  }
}

TEST_F(CatalogueTest, AcceptsIdsThatOnlyLookUnusual) {
  for (const std::string id :
       {"a/b", "spotify:track:x", "...", "a..b", ".hidden", "a.", "Señor 愛", " ", "%2e%2e", "-rf", "~", "a/...b"}) {
    const auto got = rows("id,title\n" + id + ",x\n");
    ASSERT_EQ(got.size(), 1U);
    ASSERT_TRUE(got[0].track) << got[0].track.error().detail;
    EXPECT_EQ(got[0].track->id, id);
  }
}

TEST_F(CatalogueTest, RefusesControlCharactersInAnId) {
  for (const std::string& id : {std::string("a\x01z"), std::string("a\tz"), std::string("\"a\nz\""),
                                std::string("a\x7Fz"), std::string("a\x1Bz"), std::string("a\0z", 3)}) {
    const Failure failure = failure_of_id(id);
    EXPECT_EQ(failure.kind, FailureKind::kBadId);
    EXPECT_TRUE(contains(failure.detail, "row 2")) << failure.detail;
    EXPECT_TRUE(contains(failure.detail, "contains a control character; none is allowed")) << failure.detail;
  }
}

TEST_F(CatalogueTest, RefusesAnEmptyIdAndOneOverFiveHundredBytes) {
  const Failure empty = failure_of_id("");
  EXPECT_EQ(empty.kind, FailureKind::kBadId);
  EXPECT_EQ(empty.detail, path_.string() + " row 2: id '' is empty; every row needs an id");
  const Failure lengthy = failure_of_id(std::string(501, 'x'));
  EXPECT_EQ(lengthy.kind, FailureKind::kBadId);
  EXPECT_TRUE(contains(lengthy.detail, "has 501 bytes; at most 500 are allowed")) << lengthy.detail;
  EXPECT_FALSE(id_problem(std::string(500, 'x')));
}

TEST_F(CatalogueTest, RefusesUrlsOfOtherSchemes) {
  for (const auto& [url, scheme] : {std::pair<std::string, std::string>{"ftp://host/a.mp3", "ftp"},
                                    {"file:///etc/passwd", "file"},
                                    {"gopher://host/1", "gopher"}}) {
    const Failure failure = failure_of_url(url);
    EXPECT_EQ(failure.kind, FailureKind::kBadUrl);
    EXPECT_EQ(failure.action, Action::kSkip);
    EXPECT_EQ(failure.detail,
              path_.string() + " row 2: url '" + url + "' has the scheme '" + scheme + "'; it must be http or https");
  }
}

TEST_F(CatalogueTest, RefusesWhatIsNoUrl) {
  for (const std::string url : {"not a url", "host/a.mp3", "http://", "http:// /a", "http://a b/"}) {
    const Failure failure = failure_of_url(url);
    EXPECT_EQ(failure.kind, FailureKind::kBadUrl) << url;
    EXPECT_TRUE(failure.detail.starts_with(path_.string() + " row 2: url '" + url + "' is not a URL ("))
        << failure.detail;
    EXPECT_TRUE(contains(failure.detail, "http or https")) << failure.detail;
  }
}

TEST_F(CatalogueTest, AMissingUrlIsNoUrl) {
  for (const char* mark : {"", "  ", "None", "nan", "null", "N/A", "NULL", "-", "\xC2\xA0NaN "})
    EXPECT_EQ(failure_of_url(mark).kind, FailureKind::kNoUrl) << mark;
  EXPECT_EQ(failure_of_url("None").detail, path_.string() + " row 2: has no preview URL");
}

TEST_F(CatalogueTest, AcceptsHttpAndHttpsWhateverTheirCase) {
  for (const std::string url : {"http://host/a.mp3", "HTTPS://host:8443/a?b=c#d", "http://[::1]/a", "http://1.2.3.4"}) {
    EXPECT_EQ(url_problem(url), std::nullopt) << url;
  }
}

TEST_F(CatalogueTest, JudgesUrlsOnlyWhereTheyAreNeeded) {
  const auto got = rows("id,preview_url\na,\nb,ftp://host\n");
  ASSERT_EQ(got.size(), 2U);
  ASSERT_TRUE(got[0].track && got[1].track);
  EXPECT_EQ(got[0].track->urls, Urls{});
  EXPECT_EQ(got[1].track->urls, Urls{"ftp://host"});
}

TEST_F(CatalogueTest, NamesTracksByTheirRowWhereThereIsNoIdColumn) {
  const auto got = rows("title\nx\nx\n");
  ASSERT_EQ(got.size(), 2U);
  ASSERT_TRUE(got[0].track && got[1].track);
  EXPECT_EQ(got[0].track->id, "row-2");
  EXPECT_EQ(got[1].track->id, "row-3");
}

TEST_F(CatalogueTest, GoesOnAfterABadRow) {
  const auto got = rows("id,title\na,1\nb\nc,3\n");
  ASSERT_EQ(got.size(), 3U);
  EXPECT_EQ(got[1].row, 3U);
  EXPECT_EQ(got[1].id, "");
  ASSERT_FALSE(got[1].track);
  EXPECT_EQ(got[1].track.error().kind, FailureKind::kBadRow);
  EXPECT_EQ(got[1].track.error().detail, path_.string() + " row 3: 1 cells; the header has 2");
  ASSERT_TRUE(got[2].track);
  EXPECT_EQ(got[2].track->row, 4U);
}

TEST_F(CatalogueTest, RefusesTwoColumnsOfOneName) {
  const auto catalogue = open("id,title,id\n");
  ASSERT_FALSE(catalogue);
  EXPECT_EQ(catalogue.error().detail, path_.string() + ": columns 1 and 3 are both named 'id'; names must be unique");
}

}  // namespace catalogue_test
}  // namespace hitscope::ingest::tables
