#include "apps/fetch/store_merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iostream>
#include <string>

#include "apps/fetch/store_care.h"
#include "apps/fetch/store_rebuild.h"
#include "apps/shell/verb.h"
#include "apps/shell/words.h"
#include "apps/shell/work_share.h"
#include "ingest/files.h"

namespace hitscope::apps::fetch {
namespace {

namespace fs = std::filesystem;
using ingest::ClipStore;
using ingest::FetchJournal;
using ingest::FetchRecord;

constexpr const char* kMergedFolder = ".merged";
constexpr std::size_t kMostJournalBytes = std::size_t{64} << 30U;

/// The journal of another store, copied: SQLite writes beside a journal even to read it, and theirs is not ours.
class JournalCopy {
 public:
  JournalCopy(const fs::path& store, fs::path folder) : folder_(std::move(folder)) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    fs::permissions(folder_, fs::perms::owner_all);  // a journal may hold URLs with tokens
    const ingest::Folder theirs(store);
    for (const std::string suffix : {"", "-wal"}) {
      const std::string name = FetchJournal::kFileName + suffix;
      if (suffix.empty() || theirs.has(name)) ingest::copy_file(theirs, name, folder_ / name, kMostJournalBytes);
    }
  }
  ~JournalCopy() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  JournalCopy(const JournalCopy&) = delete;
  JournalCopy& operator=(const JournalCopy&) = delete;

  const fs::path& folder() const { return folder_; }

 private:
  fs::path folder_;
};

/// Prints the missing shares; the number of shares is in their names ("share-0001-of-0004").
void say_missing_shares(const std::vector<fs::path>& shares) {
  const std::string name = shares.back().filename().string();
  const std::size_t of = name.rfind("-of-");
  const int count = of == std::string::npos ? 0 : std::atoi(name.c_str() + of + 4);
  constexpr int kMostNamed = 20;
  int n_missing = 0;
  for (int i = 0; i < std::min(count, shell::kMostShares) && !shell::stop_flag(); ++i) {
    const fs::path expected = shell::WorkShare{i, count, ""}.folder(shares.back().parent_path());
    if (std::binary_search(shares.begin(), shares.end(), expected) || ++n_missing > kMostNamed) continue;
    std::cout << fmt::format("merge: {} is missing; its rows are not in the result\n", expected.string());
  }
  if (n_missing > kMostNamed) std::cout << fmt::format("merge: … and {} more\n", n_missing - kMostNamed);
}

/// One store after another into `store`.
class Merger {
 public:
  explicit Merger(const fs::path& store) : folder_(store), clips_(store), journal_(store) {}

  void add(const fs::path& other) try {
    if (fs::equivalent(other, folder_)) return;
    const ingest::FolderLock lock = ingest::FolderLock::reading(other);
    const ClipStore their_clips = ClipStore::reading(other);  // every clip is hashed when it is taken over
    const JournalCopy copy(other, folder_ / kMergedFolder);
    FetchJournal theirs(copy.folder());
    theirs.check(false);
    std::size_t n_clips = 0;
    std::size_t n_failures = 0;
    journal_.begin();
    theirs.for_each([&](FetchRecord record) {
      const auto ours = journal_.find(record.id);
      if (ours && (ours->clip || !record.clip)) return;
      if (record.clip) take(their_clips, record);
      journal_.put(record);
      ++(record.clip ? n_clips : n_failures);
    });
    journal_.commit();
    std::cout << fmt::format("merge: {} and {} from {}\n", shell::count_of(n_clips, "clip"),
                             shell::count_of(n_failures, "failed row"), other.string());
  } catch (const ingest::DamagedDatabase&) {
    throw shell::UsageError(
        fmt::format("{}: its journal is damaged; `hitscope fetch --out {} --rebuild` makes it again", other.string(),
                    other.string()));
  }

  void sync() {
    ingest::sync_file_system(folder_);
    ingest::checkpoint_journal(folder_);
    journal_.set_synced(journal_.last_number());
  }

 private:
  /// A clip that is not there, or not sound, is its row's failure and not the end of the merge.
  void take(const ClipStore& their_clips, FetchRecord& record) {
    if (const auto problem = clips_.adopt(their_clips, *record.clip)) {
      record.clip = tl::make_unexpected(damaged(record, *problem));
    }
  }

  fs::path folder_;
  ClipStore clips_;
  FetchJournal journal_;
};

}  // namespace

void merge_stores(const fs::path& store, std::vector<fs::path> from) {
  const bool own_shares = from.empty();
  if (own_shares) from = shares_in(store);
  if (from.empty()) {
    throw shell::UsageError(store.string() + ": holds no share-I-of-N folder with a journal; name the stores to merge");
  }
  for (const fs::path& other : from) {
    if (has_journal(other) && !has_lost_journal(other)) continue;
    if (has_lost_journal(other)) {
      throw shell::UsageError(
          fmt::format("{}: has lost its journal; `hitscope fetch --out {} --rebuild` makes it again", other.string(),
                      other.string()));
    }
    throw shell::UsageError(other.string() + ": holds no fetch journal; it must be a folder that fetch has written");
  }
  Merger merger(store);
  for (const fs::path& other : from) merger.add(other);
  merger.sync();
  if (own_shares) say_missing_shares(from);
}

}  // namespace hitscope::apps::fetch
