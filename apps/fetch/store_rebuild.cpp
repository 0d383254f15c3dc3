#include "apps/fetch/store_rebuild.h"

#include <fmt/format.h>

#include <charconv>
#include <exception>
#include <iostream>
#include <string_view>

#include "apps/clips/fetch_results.h"
#include "apps/fetch/store_care.h"
#include "apps/shell/printable.h"
#include "apps/shell/verb.h"
#include "apps/shell/words.h"
#include "ingest/fetch_journal.h"
#include "ingest/folder.h"

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

/// Moves journal.sqlite and SQLite's files beside it to damaged/.
void set_journal_aside(const fs::path& store) {
  const ingest::Folder folder(store);
  folder.make_folder(ClipStore::kDamagedFolder);
  std::string number;
  const auto aside = [&](const std::string& name) { return fs::path(ClipStore::kDamagedFolder) / (name + number); };
  for (int i = 1; folder.has(aside(FetchJournal::kFileName)); ++i) number = "." + std::to_string(i);
  for (const char* suffix : {"", "-wal", "-shm"}) {
    const std::string name = FetchJournal::kFileName + std::string(suffix);
    if (folder.has(name)) fs::rename(store / name, store / aside(name));
  }
}

/// Puts the records of the copy into `journal`; their number.
std::size_t put_copy(const fs::path& store, FetchJournal& journal) {
  if (!ingest::has_entry(store, FetchJournal::kCopyName)) return 0;
  std::size_t n = 0;
  try {
    FetchJournal copy(store, FetchJournal::kCopyName);
    copy.check(false);
    copy.for_each([&](const FetchRecord& record) {
      if (record.is_foreign) return;
      journal.put(record);
      ++n;
    });
  } catch (const ingest::DatabaseError& e) {
    std::cout << "rebuild: the copy of the journal cannot be used: " << shell::one_line(e.what()) << '\n';
  }
  return n;
}

/// Records of results.csv, and how many of them name a file that no store gives.
struct Count {
  std::size_t n_records = 0;
  std::size_t n_foreign = 0;
};

/// Puts what results.csv knows and `journal` does not.
Count put_results(const fs::path& store, FetchJournal& journal) {
  Count count;
  try {
    clips::read_fetch_results(store, [&](const clips::FetchResultLine& line) {
      if (!line.is_ok() && number_of(line.attempts) == 0) return;  // never requested
      const auto known = journal.find(std::string(line.id));
      if (known && (known->clip || !line.is_ok())) return;
      const FetchRecord record = record_of(line);
      count.n_foreign += line.is_ok() && !record.clip ? 1 : 0;
      ++count.n_records;
      journal.put(record);
    });
  } catch (const shell::UsageError& e) {
    std::cout << "rebuild: what follows was not read: " << shell::one_line(e.what()) << '\n';
  }
  return count;
}

}  // namespace

bool rebuild_store(const fs::path& store) {
  const bool has_results = ingest::has_entry(store, clips::kFetchResults);
  if (!has_results && !ingest::has_entry(store, FetchJournal::kCopyName)) {
    throw shell::UsageError(fmt::format("{}: holds neither {} nor {}, from which a journal can be made; fetch anew",
                                        store.string(), clips::kFetchResults, FetchJournal::kCopyName));
  }
  set_journal_aside(store);
  Count of_results;
  {
    FetchJournal journal(store);
    journal.begin();
    const std::size_t n_copied = put_copy(store, journal);
    if (has_results) of_results = put_results(store, journal);
    journal.commit();
    std::cout << fmt::format("rebuild: {} from {}, {} from {}; the old journal is in {}\n",
                             shell::count_of(n_copied, "record"), FetchJournal::kCopyName,
                             shell::count_of(of_results.n_records, "record"), clips::kFetchResults,
                             (store / ClipStore::kDamagedFolder).string());
  }
  if (of_results.n_foreign > 0) {
    std::cout << fmt::format("  {} of {} with a file that is not the store's; the next fetch requests its clip\n",
                             shell::count_of(of_results.n_foreign, "record"), clips::kFetchResults);
  }
  return verify_store(store) && of_results.n_foreign == 0;
}

std::string rebuild_advice() {
  return "; the journal is damaged: `rebuild` makes it anew from its copy, results.csv and the clips, and keeps the "
         "damaged one";
}

}  // namespace hitscope::apps::fetch
