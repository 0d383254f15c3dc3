#include "apps/fetch/store_rebuild.h"

#include <fmt/format.h>

#include <charconv>
#include <exception>
#include <iostream>
#include <memory>
#include <string_view>
#include <vector>

#include "apps/clips/fetch_results.h"
#include "apps/fetch/store_care.h"
#include "apps/shell/printable.h"
#include "apps/shell/verb.h"
#include "apps/shell/words.h"
#include "ingest/fetch_journal.h"
#include "ingest/files.h"
#include "ingest/folder.h"
#include "ingest/input_error.h"

namespace hitscope::apps::fetch {
namespace {

namespace fs = std::filesystem;
using ingest::ClipStore;
using ingest::FetchJournal;
using ingest::FetchRecord;

std::size_t number_of(std::string_view text) {
  std::size_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// The record of which a line of results.csv was made.
FetchRecord record_of(const clips::FetchResultLine& line) {
  FetchRecord record{std::string(line.id),
                     number_of(line.row),
                     std::string(line.url),
                     static_cast<long>(number_of(line.http_status)),
                     static_cast<int>(number_of(line.attempts)),
                     "",
                     "",
                     ingest::Clip{}};
  if (line.is_ok()) {
    record.clip = ingest::Clip{std::string(line.file), number_of(line.bytes), std::string(line.sha256),
                               std::string(line.media_type)};
    if (!ingest::is_clip_name(record.clip->file, record.clip->sha256))
      record.clip = tl::make_unexpected(damaged(record, "is no name that fetch gives; it was left alone"));
    return record;
  }
  ingest::Failure failure = line.failure();
  const std::string place =
      fmt::format(" row {}: ", line.row);  // results.csv names the catalogue, the journal does not
  if (const std::size_t at = failure.detail.find(place); at != std::string::npos)
    failure.detail.erase(0, at + place.size());
  record.clip = tl::make_unexpected(std::move(failure));
  return record;
}

constexpr const char* kDraftName = "journal.draft.sqlite";
constexpr const char* kNewName = "journal.new.sqlite";

/// Moves journal.sqlite and SQLite's files beside it to damaged/, under one name that nothing there has.
void set_journal_aside(const fs::path& store) {
  const ingest::Folder folder(store);
  folder.make_folder(ClipStore::kDamagedFolder);
  std::string number;
  const auto aside = [&](const char* suffix) {
    return fs::path(ClipStore::kDamagedFolder) / (FetchJournal::kFileName + number + suffix);
  };
  for (int i = 1; folder.has(aside("")) || folder.has(aside("-wal")); ++i) number = "." + std::to_string(i);
  for (const char* suffix : {"", "-wal", "-shm"}) {
    const std::string name = FetchJournal::kFileName + std::string(suffix);
    if (folder.has(name)) fs::rename(store / name, store / aside(suffix));
  }
}

void remove_drafts(const fs::path& store) {
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(store / (kDraftName + std::string(suffix)), ignored);
  fs::remove(store / kNewName, ignored);
}

/// The journal or its copy, if it can be used.
std::unique_ptr<FetchJournal> opened(const fs::path& store, const char* name) try {
  if (!ingest::has_entry(store, name)) return nullptr;
  auto journal = std::make_unique<FetchJournal>(store, name);
  journal->check(true);
  return journal;
} catch (const ingest::DatabaseError& e) {
  std::cout << "rebuild: not used: " << shell::one_line(e.what()) << '\n';
  return nullptr;
}

/// Puts the records of a journal that can be used into `journal`, and tells how many they are.
void put_records(const fs::path& store, const char* name, FetchJournal& journal) {
  const auto from = opened(store, name);
  if (!from) return;
  std::size_t n = 0;
  from->for_each([&](const FetchRecord& record) {
    if (record.is_foreign) return;
    journal.put(record);
    ++n;
  });
  std::cout << fmt::format("rebuild: {} from {}\n", shell::count_of(n, "record"), name);
}

/// Whether a record says what a line of results.csv says, and perhaps more (its ETag).
bool says_the_same(const FetchRecord& record, const clips::FetchResultLine& line) {
  if (!line.is_ok()) return true;  // a failure does not replace what is known
  return record.clip && record.clip->sha256 == line.sha256 && record.url == line.url;
}

/// Records of results.csv, and how many of them name a file that no store gives.
struct Count {
  std::size_t n_records = 0;
  std::size_t n_foreign = 0;
};

void tell_unread(const std::exception& e) {
  std::cout << "rebuild: results.csv was not read to its end: " << shell::one_line(e.what()) << '\n';
}

/// Puts what results.csv knows and `journal` does not.
Count put_results(const fs::path& store, FetchJournal& journal) {
  Count count;
  try {
    clips::read_fetch_results(store, [&](const clips::FetchResultLine& line) {
      if (!line.is_ok() && number_of(line.attempts) == 0) return;  // never requested
      const auto known = journal.find(std::string(line.id));
      if (known && says_the_same(*known, line)) return;  // results.csv is never older than the copy
      const FetchRecord record = record_of(line);
      count.n_foreign += line.is_ok() && !record.clip ? 1 : 0;
      ++count.n_records;
      journal.put(record);
    });
  } catch (const shell::UsageError& e) {
    tell_unread(e);
  } catch (const ingest::InputError& e) {  // a link, for example
    tell_unread(e);
  }
  return count;
}

/// Makes a journal of all that is known; then it takes the journal's place. What goes wrong leaves the old one there.
Count make_journal(const fs::path& store) try {
  remove_drafts(store);
  Count of_results;
  {
    FetchJournal journal(store, kDraftName);
    journal.begin();
    put_records(store, FetchJournal::kCopyName, journal);
    if (ingest::has_entry(store, clips::kFetchResults)) of_results = put_results(store, journal);
    put_records(store, FetchJournal::kFileName, journal);  // what an intact one says is the newest
    journal.commit();
    journal.keep_copy(store, kNewName);  // one synced file without a log
  }
  if (of_results.n_records > 0) {
    std::cout << fmt::format("rebuild: {} more from {}\n", shell::count_of(of_results.n_records, "record"),
                             clips::kFetchResults);
  }
  if (ingest::has_entry(store, FetchJournal::kFileName)) {
    set_journal_aside(store);
    std::cout << fmt::format("rebuild: the old journal is in {}\n", (store / ClipStore::kDamagedFolder).string());
  }
  fs::rename(store / kNewName, store / FetchJournal::kFileName);
  remove_drafts(store);
  return of_results;
} catch (...) {
  remove_drafts(store);
  throw;
}

bool can_be_rebuilt(const fs::path& store) {
  return ingest::has_entry(store, clips::kFetchResults) || ingest::has_entry(store, FetchJournal::kCopyName);
}

}  // namespace

bool rebuild_store(const fs::path& store) {
  if (!can_be_rebuilt(store)) {
    throw shell::UsageError(fmt::format("{}: holds neither {} nor {}, from which a journal can be made; fetch anew",
                                        store.string(), clips::kFetchResults, FetchJournal::kCopyName));
  }
  const Count of_results = make_journal(store);
  if (of_results.n_foreign > 0) {
    std::cout << fmt::format("  {} of {} with a file that is not the store's; the next fetch requests its clip\n",
                             shell::count_of(of_results.n_foreign, "record"), clips::kFetchResults);
  }
  return verify_store(store) && of_results.n_foreign == 0;
}

bool rebuild_stores(const fs::path& folder) {
  std::vector<fs::path> stores = shares_in(folder, can_be_rebuilt);
  if (can_be_rebuilt(folder) || stores.empty()) stores = {folder};
  bool is_sound = true;
  for (const fs::path& store : stores) {
    const ingest::FolderLock lock(store);
    is_sound = rebuild_store(store) && is_sound;
  }
  return is_sound;
}

bool has_lost_journal(const fs::path& store) {
  std::error_code error;
  const bool is_empty =
      !ingest::has_entry(store, FetchJournal::kFileName) || fs::file_size(store / FetchJournal::kFileName, error) == 0;
  return is_empty && can_be_rebuilt(store);
}

void refuse_lost_journal(const fs::path& store) {
  if (!has_lost_journal(store)) return;
  throw shell::UsageError(rebuild_advice((store / FetchJournal::kFileName).string() + " is missing or empty"));
}

std::string rebuild_advice(const std::string& why) {
  return fmt::format(
      "the journal is damaged or lost; `rebuild` makes it again from its copy, results.csv and the clips, and keeps "
      "the "
      "damaged one ({})",
      why);
}

}  // namespace hitscope::apps::fetch
