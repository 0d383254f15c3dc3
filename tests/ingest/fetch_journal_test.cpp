#include "ingest/fetch_journal.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/fetch_journal_fixture.h"

namespace hitscope::ingest {
namespace fetch_journal_test {

using namespace tests;

TEST_F(FetchJournalTest, GivesBackAClipAsItWasPut) {
  FetchJournal journal(store_);
  EXPECT_TRUE(fs::exists(store_ / FetchJournal::kFileName)) << "the folder is created";
  FetchRecord record{"spotify:track:'x'",
                     17,
                     "https://host/a?b=c",
                     200,
                     4,
                     "W/\"x\"",
                     "Wed, 21 Oct 2015 07:28:00 GMT",
                     Clip{"clips/ff/" + std::string(64, 'f') + ".mp3", std::size_t{5'000'000'000}, std::string(64, 'f'),
                          "audio/mpeg"}};
  journal.put(record);
  const auto found = journal.find("spotify:track:'x'");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, "spotify:track:'x'");
  EXPECT_EQ(found->row, 17U);
  EXPECT_EQ(found->url, "https://host/a?b=c");
  EXPECT_EQ(found->http_status, 200);
  EXPECT_EQ(found->n_attempts, 4);
  EXPECT_EQ(found->etag, "W/\"x\"");
  EXPECT_EQ(found->last_modified, "Wed, 21 Oct 2015 07:28:00 GMT");
  ASSERT_TRUE(found->clip);
  EXPECT_EQ(found->clip->file, "clips/ff/" + std::string(64, 'f') + ".mp3");
  EXPECT_EQ(found->clip->n_bytes, 5'000'000'000U);
  EXPECT_EQ(found->clip->sha256, std::string(64, 'f'));
  EXPECT_EQ(found->clip->media_type, "audio/mpeg");
}

TEST_F(FetchJournalTest, GivesBackEveryKindOfFailure) {
  FetchJournal journal(store_);
  for (const FailureKind kind :
       {FailureKind::kBadUrl, FailureKind::kNetwork, FailureKind::kTimeout, FailureKind::kThrottled,
        FailureKind::kHttpStatus, FailureKind::kForbiddenAddress, FailureKind::kTooLarge, FailureKind::kEmpty,
        FailureKind::kNotAudio, FailureKind::kExpiredLink, FailureKind::kErrorBody, FailureKind::kBadRedirect,
        FailureKind::kOptedOut, FailureKind::kHostDown, FailureKind::kTruncated, FailureKind::kDamaged}) {
    const std::string detail = "row 3: \"Ünschön\", it's\nover " + std::string(to_string(kind));
    journal.put({"a", 3, "u", 0, 5, "", "", tl::make_unexpected(Failure{Stage::kFetch, kind, detail})});
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
  EXPECT_EQ(ids(journal), Ids{"a"});
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
  EXPECT_EQ(ids(journal), (Ids{"b", "c", "y", "z", "a"}));
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
  EXPECT_EQ(ids(journal), (Ids{"a", "b"}));
  ASSERT_TRUE(journal.find("a"));
  EXPECT_EQ(journal.find("a")->clip->sha256, std::string(64, 'a'));
  ASSERT_TRUE(journal.find("b"));
  EXPECT_EQ(journal.find("b")->clip.error().kind, FailureKind::kHttpStatus);
}

TEST_F(FetchJournalTest, ShowsARecordToAReaderAtOnce) {
  FetchJournal writer(store_);
  FetchJournal reader(store_);
  writer.put(clip_record("a", 2));
  EXPECT_TRUE(reader.find("a")) << "a record is committed by put, not later";
}

TEST_F(FetchJournalTest, ARecordThatIsReplacedGetsANewNumber) {
  FetchJournal journal(store_);
  EXPECT_EQ(journal.last_number(), 0);
  journal.put(clip_record("a", 2));
  journal.put(clip_record("b", 3));
  EXPECT_EQ(journal.last_number(), 2);
  journal.set_synced(2);
  journal.put(failed_record("a", 2));
  EXPECT_EQ(journal.last_number(), 3);
  EXPECT_EQ(unsynced_ids(journal), Ids{"a"});
  EXPECT_EQ(FetchJournal(store_).last_number(), 3) << "a later run counts on";
}

TEST_F(FetchJournalTest, ANameThatNoStoreGivesIsNotBelieved) {
  FetchJournal journal(store_);
  FetchRecord record = clip_record("a", 2);
  record.clip->file = "../../victim.txt";
  journal.put(record);
  const auto found = journal.find("a");
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->is_foreign);
  ASSERT_FALSE(found->clip);
  EXPECT_EQ(found->clip.error().kind, FailureKind::kDamaged);
}

TEST_F(FetchJournalTest, KnowsWhereAPartCameFrom) {
  FetchJournal journal(store_);
  EXPECT_FALSE(journal.find_part("a"));
  journal.put_part("a", {"http://h/old", "", "", "", ""});
  journal.put_part("a", {"http://h/a?b='c'", "cdn:443", "\"e\"", "Wed, 21 Oct 2015 07:28:00 GMT", "\"v\""});
  journal.put_part("c", {"http://h/c", "h:80", "", "", "\"w\""});
  EXPECT_EQ(journal.ids_of_parts(), (Ids{"a", "c"}));
  const auto origin = FetchJournal(store_).find_part("a");
  ASSERT_TRUE(origin);
  EXPECT_EQ(origin->url, "http://h/a?b='c'");
  EXPECT_EQ(origin->host, "cdn:443");
  EXPECT_EQ(origin->etag, "\"e\"");
  EXPECT_EQ(origin->last_modified, "Wed, 21 Oct 2015 07:28:00 GMT");
  EXPECT_EQ(origin->validator, "\"v\"");
  journal.drop_part("a");
  journal.drop_part("never there");
  EXPECT_FALSE(journal.find_part("a"));
  EXPECT_EQ(journal.ids_of_parts(), Ids{"c"});
}

TEST_F(FetchJournalTest, TakesOverAJournalOfTheVersionBefore) {
  {
    FetchJournal journal(store_);
    journal.put(clip_record("a", 2));
    journal.put_part("b", {"http://h/b", "h:80", "", "", "\"w\""});
  }
  Database(store_ / FetchJournal::kFileName).execute("ALTER TABLE parts DROP COLUMN host; PRAGMA user_version=2");
  FetchJournal journal(store_);
  EXPECT_TRUE(journal.find("a"));
  ASSERT_TRUE(journal.find_part("b"));
  EXPECT_EQ(journal.find_part("b")->url, "http://h/b");
  EXPECT_EQ(journal.find_part("b")->host, "") << "who sent it was not noted: it is not told the validator";
}

TEST_F(FetchJournalTest, RefusesAJournalOfAnotherVersion) {
  for (const int version : {0, 1, 4, 99}) {
    { const FetchJournal journal(store_); }
    Database(store_ / FetchJournal::kFileName).execute("PRAGMA user_version=" + std::to_string(version));
    try {
      const FetchJournal journal(store_);
      ADD_FAILURE() << "version " << version << " was read";
    } catch (const DatabaseError& error) {
      const std::string words = error.what();
      EXPECT_NE(words.find((store_ / FetchJournal::kFileName).string()), std::string::npos) << words;
      EXPECT_NE(words.find("has format version " + std::to_string(version)), std::string::npos) << words;
      EXPECT_NE(words.find("fetch into a new folder"), std::string::npos) << words;
    }
    fs::remove_all(store_);
  }
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

}  // namespace fetch_journal_test
}  // namespace hitscope::ingest
