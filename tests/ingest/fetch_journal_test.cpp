#include "ingest/fetch_journal.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <optional>

namespace hitscope::ingest {
namespace {

namespace fs = std::filesystem;

class FetchJournalTest : public testing::Test {
 protected:
  void TearDown() override { fs::remove_all(store_.parent_path()); }

  static FetchRecord clip_record(const std::string& id, std::size_t row) {
    return {id, row, "http://host/" + id, 200, 1, Clip{id + ".mp3", 1234, std::string(64, 'a'), "audio/mpeg"}};
  }
  static FetchRecord failed_record(const std::string& id, std::size_t row) {
    return {id,  row, "http://host/" + id,
            404, 3,   tl::make_unexpected(Failure{Stage::kFetch, FailureKind::kHttpStatus, "row 7: HTTP status 404"})};
  }
  static std::vector<std::string> ids(FetchJournal& journal) {
    std::vector<std::string> result;
    journal.for_each([&](const FetchRecord& record) { result.push_back(record.id); });
    return result;
  }

  const fs::path store_ = fs::path(testing::TempDir()) /
                          ("hitscope_journal_" + std::to_string(::getpid()) + "_" +
                           testing::UnitTest::GetInstance()->current_test_info()->name()) /
                          "store";
};

TEST_F(FetchJournalTest, GivesBackAClipAsItWasPut) {
  FetchJournal journal(store_);
  EXPECT_TRUE(fs::exists(store_ / FetchJournal::kFileName)) << "the folder is created";
  FetchRecord record{"spotify:track:'x'",
                     17,
                     "https://host/a?b=c",
                     200,
                     4,
                     Clip{"a%2Fb.mp3", std::size_t{5'000'000'000}, std::string(64, 'f'), "audio/mpeg"}};
  journal.put(record);
  const auto found = journal.find("spotify:track:'x'");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, "spotify:track:'x'");
  EXPECT_EQ(found->row, 17U);
  EXPECT_EQ(found->url, "https://host/a?b=c");
  EXPECT_EQ(found->http_status, 200);
  EXPECT_EQ(found->n_attempts, 4);
  ASSERT_TRUE(found->clip);
  EXPECT_EQ(found->clip->file, "a%2Fb.mp3");
  EXPECT_EQ(found->clip->n_bytes, 5'000'000'000U);
  EXPECT_EQ(found->clip->sha256, std::string(64, 'f'));
  EXPECT_EQ(found->clip->media_type, "audio/mpeg");
}

TEST_F(FetchJournalTest, GivesBackEveryKindOfFailure) {
  FetchJournal journal(store_);
  for (const FailureKind kind : {FailureKind::kBadUrl, FailureKind::kNetwork, FailureKind::kTimeout,
                                 FailureKind::kThrottled, FailureKind::kHttpStatus, FailureKind::kForbiddenAddress,
                                 FailureKind::kTooLarge, FailureKind::kEmpty, FailureKind::kNotAudio}) {
    const std::string detail = "row 3: \"Ünschön\", it's\nover " + std::string(to_string(kind));
    journal.put({"a", 3, "u", 0, 5, tl::make_unexpected(Failure{Stage::kFetch, kind, detail})});
    const auto found = journal.find("a");
    ASSERT_TRUE(found);
    ASSERT_FALSE(found->clip);
    EXPECT_EQ(found->clip.error().stage, Stage::kFetch);
    EXPECT_EQ(found->clip.error().kind, kind);
    EXPECT_EQ(found->clip.error().detail, detail);
    EXPECT_EQ(found->n_attempts, 5);
    EXPECT_EQ(found->http_status, 0);
  }
}

TEST_F(FetchJournalTest, FindsNothingUnderAnUnknownId) {
  FetchJournal journal(store_);
  journal.put(clip_record("a", 2));
  EXPECT_FALSE(journal.find("b"));
  EXPECT_FALSE(journal.find("A"));
  EXPECT_FALSE(journal.find("a "));
  EXPECT_FALSE(journal.find(""));
  EXPECT_TRUE(journal.find("a"));
}

TEST_F(FetchJournalTest, KeepsOneRecordPerIdTheLatest) {
  FetchJournal journal(store_);
  journal.put(failed_record("a", 2));
  journal.put(clip_record("a", 9));
  const auto clip = journal.find("a");
  ASSERT_TRUE(clip && clip->clip);
  EXPECT_EQ(clip->row, 9U);
  EXPECT_EQ(ids(journal), std::vector<std::string>{"a"});
  journal.put(failed_record("a", 4));
  const auto failed = journal.find("a");
  ASSERT_TRUE(failed && !failed->clip);
  EXPECT_EQ(failed->clip.error().detail, "row 7: HTTP status 404");
  EXPECT_EQ(failed->http_status, 404);
}

TEST_F(FetchJournalTest, VisitsRecordsByRowAndThenById) {
  FetchJournal journal(store_);
  for (const auto& [id, row] :
       {std::pair<const char*, std::size_t>{"z", 10}, {"b", 2}, {"a", 11}, {"c", 2}, {"y", 9}}) {
    journal.put(row % 2 == 0 ? clip_record(id, row) : failed_record(id, row));
  }
  EXPECT_EQ(ids(journal), (std::vector<std::string>{"b", "c", "y", "z", "a"}));
  std::vector<bool> is_clip;
  journal.for_each([&](const FetchRecord& record) { is_clip.push_back(record.clip.has_value()); });
  EXPECT_EQ(is_clip, (std::vector<bool>{true, true, false, true, false}));
}

TEST_F(FetchJournalTest, VisitsNothingInANewJournal) {
  FetchJournal journal(store_);
  EXPECT_TRUE(ids(journal).empty());
}

TEST_F(FetchJournalTest, SurvivesReopening) {
  {
    FetchJournal journal(store_);
    journal.put(clip_record("a", 2));
    journal.put(failed_record("b", 3));
  }
  FetchJournal journal(store_);
  EXPECT_EQ(ids(journal), (std::vector<std::string>{"a", "b"}));
  ASSERT_TRUE(journal.find("a"));
  EXPECT_EQ(journal.find("a")->clip->file, "a.mp3");
  ASSERT_TRUE(journal.find("b"));
  EXPECT_EQ(journal.find("b")->clip.error().kind, FailureKind::kHttpStatus);
}

TEST_F(FetchJournalTest, ShowsARecordToAReaderAtOnce) {
  FetchJournal writer(store_);
  FetchJournal reader(store_);
  writer.put(clip_record("a", 2));
  EXPECT_TRUE(reader.find("a")) << "a record is committed by put, not later";
}

TEST_F(FetchJournalTest, NamesAFileThatIsNoDatabase) {
  fs::create_directories(store_);
  const fs::path file = store_ / FetchJournal::kFileName;
  std::ofstream(file) << std::string(5000, 'x');
  try {
    const FetchJournal journal(store_);
    FAIL() << "nothing was thrown";
  } catch (const DatabaseError& error) {
    EXPECT_NE(std::string(error.what()).find(file.string()), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("not a database"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace hitscope::ingest
