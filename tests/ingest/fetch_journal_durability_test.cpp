// What a journal keeps through an interruption.
#include "ingest/fetch_journal.h"

#include <gtest/gtest.h>

#include "tests/support/fetch_journal_fixture.h"

namespace hitscope::ingest {
namespace fetch_journal_durability_test {

using namespace tests;

TEST_F(FetchJournalTest, ShowsATransactionOnlyOnceItIsCommitted) {
  FetchJournal writer(store_);
  FetchJournal reader(store_);
  writer.begin();
  writer.put(clip_record("a", 2));
  writer.put_part("b", {.url = "u", .validator = "\"v\""});
  EXPECT_TRUE(writer.find("a"));
  EXPECT_FALSE(reader.find("a"));
  EXPECT_FALSE(reader.find_part("b"));
  writer.commit();
  EXPECT_TRUE(reader.find("a"));
  EXPECT_TRUE(reader.find_part("b"));
}

TEST_F(FetchJournalTest, ForgetsATransactionThatWasNotCommitted) {
  {
    FetchJournal journal(store_);
    journal.put(clip_record("a", 2));
    journal.begin();
    journal.put(clip_record("b", 3));
  }
  FetchJournal journal(store_);
  EXPECT_EQ(ids(journal), Ids{"a"});
  EXPECT_EQ(journal.last_number(), 1);
}

TEST_F(FetchJournalTest, LooksAtNothingAgainInTheSameBoot) {
  {
    FetchJournal journal(store_);
    EXPECT_FALSE(journal.is_of_another_boot()) << "a new journal is of none";
    journal.take_over_boot();
    journal.put(clip_record("a", 2));
  }
  FetchJournal journal(store_);
  EXPECT_FALSE(journal.is_of_another_boot());
  journal.take_over_boot();
  EXPECT_EQ(unsynced_ids(journal), Ids{"a"}) << "taking over in the same boot does not make anything safe";
}

TEST_F(FetchJournalTest, KnowsAfterANewStartWhichRecordsWereNotOnTheDisk) {
  {
    FetchJournal journal(store_);
    journal.take_over_boot();
    for (const char* id : {"a", "b", "c", "d"}) journal.put(clip_record(id, 9));
    journal.set_synced(2);
    journal.put(failed_record("a", 9));
  }
  Database(store_ / FetchJournal::kFileName).execute("UPDATE settings SET value='another' WHERE name='boot'");
  FetchJournal journal(store_);
  EXPECT_TRUE(journal.is_of_another_boot());
  EXPECT_EQ(unsynced_ids(journal), (Ids{"c", "d", "a"})) << "in the order in which they were put";
  journal.take_over_boot();
  EXPECT_FALSE(journal.is_of_another_boot());
  EXPECT_TRUE(unsynced_ids(journal).empty()) << "they have been looked at";
  journal.put(clip_record("e", 9));
  EXPECT_EQ(unsynced_ids(journal), Ids{"e"});
}

TEST_F(FetchJournalTest, ACheckpointKeepsEverythingInTheMainFile) {
  FetchJournal journal(store_);
  journal.put(clip_record("a", 2));
  checkpoint_journal(store_);
  const fs::path copy = store_.parent_path() / "copy";
  fs::create_directories(copy);
  fs::copy_file(store_ / FetchJournal::kFileName, copy / FetchJournal::kFileName);
  FetchJournal copied(copy);
  EXPECT_EQ(ids(copied), Ids{"a"}) << "without the write-ahead log";
  journal.put(clip_record("b", 3));
  EXPECT_EQ(ids(journal), (Ids{"a", "b"})) << "and the writer goes on";
}

}  // namespace fetch_journal_durability_test
}  // namespace hitscope::ingest
