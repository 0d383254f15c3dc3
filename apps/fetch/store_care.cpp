#include "apps/fetch/store_care.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <stdexcept>
#include <system_error>

#include "apps/fetch/store_rebuild.h"
#include "apps/shell/printable.h"
#include "apps/shell/progress.h"
#include "apps/shell/verb.h"
#include "apps/shell/words.h"
#include "apps/shell/workers.h"
#include "ingest/content_hash.h"
#include "ingest/fetch_journal.h"
#include "ingest/files.h"

namespace hitscope::apps::fetch {
namespace {

namespace fs = std::filesystem;
using ingest::ClipStore;
using ingest::FetchJournal;
using ingest::FetchRecord;

/// Looks at many records at once, so that memory does not grow with the store.
class Verification {
 public:
  explicit Verification(const fs::path& store) : folder_(store), store_(store), journal_(store) {}

  bool run() {
    const auto start = std::chrono::steady_clock::now();
    journal_.check(true);
    {
      shell::Progress progress("verify", "clips", 0);
      journal_.for_each([&](const FetchRecord& record) {
        if (shell::stop_flag()) throw std::runtime_error("verify: stopped; nothing was changed");
        n_foreign_ += record.is_foreign ? 1 : 0;
        if (!record.clip) return;
        batch_.push_back(record);
        if (batch_.size() >= kBatch) look(progress);
      });
      look(progress);
    }
    journal_.begin();
    for (FetchRecord& record : bad_) {
      store_.set_aside(*record.clip);
      record.clip = tl::make_unexpected(damaged(record, problems_[record.id]));
      journal_.put(record);
    }
    journal_.commit();
    mend_copy();
    say(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    return bad_.empty() && unknown_.empty() && n_foreign_ == 0;
  }

 private:
  /// A copy of the journal that is damaged is of no use: the journal, which is intact, is copied again.
  void mend_copy() {
    try {
      if (ingest::has_entry(folder_, FetchJournal::kCopyName))
        FetchJournal(folder_, FetchJournal::kCopyName).check(true);
    } catch (const ingest::DatabaseError& e) {
      journal_.keep_copy(folder_);
      std::cout << fmt::format("verify: the copy of the journal was damaged and was written again ({})\n",
                               shell::one_line(e.what()));
    }
  }

  void say(double seconds) {
    std::cout << fmt::format("verify: {} of {} are intact ({} read in {:.1f} s) in {}\n",
                             n_clips_ - bad_.size() - unknown_.size(), shell::count_of(n_clips_, "clip"),
                             shell::megabytes(n_bytes_), seconds, folder_.string());
    for (const FetchRecord& record : bad_)
      std::cout << "  damaged: " << shell::one_line(record.clip.error().detail) << '\n';
    if (!bad_.empty()) {
      std::cout << fmt::format("  files that are damaged were moved to {}; the next fetch requests the clips again\n",
                               (folder_ / ClipStore::kDamagedFolder).string());
    }
    for (const std::string& why : unknown_)
      std::cout << "  could not be checked, and was kept: " << shell::one_line(why) << '\n';
    if (const std::size_t n = n_strangers(); n > 0) {
      std::cout << fmt::format("  {} that no row refers to{}\n", shell::count_of(n, "file"),
                               n_clips_ > 0
                                   ? "; they can be deleted"
                                   : ", but the journal knows no clip at all: was it replaced by an empty one?");
    }
    if (n_foreign_ > 0) {
      std::cout << fmt::format("  {} files that are not the store's; they were left alone\n",
                               n_foreign_ == 1 ? "1 row names" : fmt::format("{} rows name", n_foreign_));
    }
  }

  static constexpr std::size_t kBatch = 4096;

  void look(shell::Progress& progress) {
    std::mutex mutex;
    shell::for_each_in_threads(batch_.size(), 0, [&] {
      return [&](std::size_t i) {
        const FetchRecord& record = batch_[i];
        std::optional<std::string> problem;
        std::string unknown;
        try {
          problem = store_.problem(*record.clip, true);
        } catch (const std::system_error& e) {
          unknown = e.what();
        }
        const bool sound = !problem && unknown.empty();
        const std::lock_guard lock(mutex);
        progress.add(!sound, sound ? record.clip->n_bytes : 0);
        ++n_clips_;
        n_bytes_ += sound ? record.clip->n_bytes : 0;
        names_.push_back(name_hash(record.clip->file));
        if (!unknown.empty()) unknown_.push_back(std::move(unknown));
        if (!problem) return;
        problems_[record.id] = std::move(*problem);
        bad_.push_back(record);
      };
    });
    batch_.clear();
  }

  std::size_t n_strangers() {
    std::sort(names_.begin(), names_.end());
    std::size_t n = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / ClipStore::kClipFolder)) {
      const std::string name = entry.path().lexically_relative(folder_).string();
      std::error_code no_entry;
      n += entry.is_regular_file(no_entry) && !std::binary_search(names_.begin(), names_.end(), name_hash(name));
    }
    return n;
  }

  static std::uint64_t name_hash(const std::string& name) { return ingest::xxh3_64(std::as_bytes(std::span(name))); }

  fs::path folder_;
  ClipStore store_;
  FetchJournal journal_;
  std::vector<FetchRecord> batch_;
  std::vector<FetchRecord> bad_;
  std::map<std::string, std::string> problems_;  // problems of bad_, by id
  std::vector<std::string> unknown_;
  std::vector<std::uint64_t> names_;  // hashes of all file names that the journal knows
  std::size_t n_clips_ = 0;
  std::size_t n_bytes_ = 0;
  std::size_t n_foreign_ = 0;  // rows whose file is not one of the store's
};

}  // namespace

ingest::Failure damaged(const FetchRecord& record, const std::string& problem) {
  return {ingest::Stage::kFetch, ingest::FailureKind::kDamaged,
          fmt::format("id '{}': {} {}", record.id, record.clip->file, problem)};
}

bool has_journal(const fs::path& folder) {
  return fs::exists(folder / FetchJournal::kFileName);
}

std::vector<fs::path> shares_in(const fs::path& store, bool (*is_wanted)(const fs::path&)) {
  std::vector<fs::path> folders;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(store, error)) {
    const bool is_share = entry.path().filename().string().starts_with("share-");
    if (is_share && !entry.is_symlink() && is_wanted(entry.path())) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

void recheck_after_restart(ClipStore& store, FetchJournal& journal) {
  if (journal.is_of_another_boot()) {
    journal.begin();
    for (FetchRecord& record : journal.unsynced()) {
      if (!record.clip) continue;
      const auto problem = store.problem(*record.clip, true);
      if (!problem) continue;
      store.set_aside(*record.clip);
      record.clip = tl::make_unexpected(damaged(record, *problem + " (found after a restart of the machine)"));
      journal.put(record);
    }
    for (const std::string& id : journal.ids_of_parts()) journal.drop_part(id);
    journal.commit();
  }
  journal.take_over_boot();
}

bool verify_store(const fs::path& store) {
  return Verification(store).run();
}

bool verify_stores(const fs::path& folder) {
  refuse_lost_journal(folder);
  const std::vector<fs::path> stores = has_journal(folder) ? std::vector{folder} : shares_in(folder);
  if (stores.empty()) throw shell::UsageError(folder.string() + ": holds no fetch journal; nothing to verify");
  bool sound = true;
  for (const fs::path& store : stores) {
    const ingest::FolderLock lock(store);
    sound = verify_store(store) && sound;
  }
  return sound;
}

}  // namespace hitscope::apps::fetch
