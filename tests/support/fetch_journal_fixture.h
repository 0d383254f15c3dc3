// A folder for a journal, and records to put into it.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include "ingest/fetch_journal.h"

namespace hitscope::tests {

using namespace ingest;

namespace fs = std::filesystem;
using Ids = std::vector<std::string>;

class FetchJournalTest : public testing::Test {
 protected:
  void TearDown() override { fs::remove_all(store_.parent_path()); }

  static FetchRecord clip_record(const std::string& id, std::size_t row) {
    return {id,
            row,
            "http://host/" + id,
            200,
            1,
            "\"etag of " + id + "\"",
            "",
            Clip{"clips/aa/" + std::string(64, 'a') + ".mp3", 1234, std::string(64, 'a'), "audio/mpeg"}};
  }
  static FetchRecord failed_record(const std::string& id, std::size_t row) {
    return {id,
            row,
            "http://host/" + id,
            404,
            3,
            "",
            "",
            tl::make_unexpected(Failure{Stage::kFetch, FailureKind::kHttpStatus, "row 7: HTTP status 404"})};
  }
  static Ids ids(FetchJournal& journal) {
    Ids result;
    journal.for_each([&](const FetchRecord& record) { result.push_back(record.id); });
    return result;
  }

  static Ids unsynced_ids(FetchJournal& journal) {
    Ids result;
    for (const FetchRecord& record : journal.unsynced()) result.push_back(record.id);
    return result;
  }

  const fs::path store_ = fs::path(testing::TempDir()) /
                          ("hitscope_journal_" + std::to_string(::getpid()) + "_" +
                           testing::UnitTest::GetInstance()->current_test_info()->name()) /
                          "store";
};

}  // namespace hitscope::tests
