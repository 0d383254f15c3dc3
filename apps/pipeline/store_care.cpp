#include "apps/pipeline/store_care.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <mutex>

#include "apps/pipeline/progress.h"
#include "apps/pipeline/verb.h"
#include "apps/pipeline/workers.h"
#include "ingest/content_hash.h"
#include "ingest/fetch_journal.h"
#include "ingest/files.h"

namespace hitscope::apps {
namespace {

namespace fs = std::filesystem;
using ingest::ClipStore;
using ingest::FetchJournal;
using ingest::FetchRecord;

ingest::Failure damaged(const FetchRecord& record, const std::string& problem) {
  return {ingest::Stage::kFetch, ingest::FailureKind::kDamaged,
          fmt::format("id '{}': {} {}", record.id, record.clip->file, problem)};
}

/// Looks at many records at once, so that memory does not grow with the store.
class Verification {
 public:
  explicit Verification(const fs::path& store) : folder_(store), store_(store), journal_(store) {}

  std::size_t run() {
    const auto start = std::chrono::steady_clock::now();
    {
      Progress progress("verify", "clips", 0);
      journal_.for_each([&](const FetchRecord& record) {
        if (!record.clip) return;
        batch_.push_back(record);
        if (batch_.size() >= kBatch) look(progress);
      });
      look(progress);
    }
    journal_.begin();
    for (const FetchRecord& record : bad_) journal_.put(record);
    journal_.commit();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    std::cout << fmt::format("verify: {} of {} are sound ({} read in {:.1f} s)\n", n_clips_ - bad_.size(),
                             count_of(n_clips_, "clip"), megabytes(n_bytes_), seconds);
    for (const FetchRecord& record : bad_) std::cout << "  damaged: " << record.clip.error().detail << '\n';
    if (!bad_.empty()) std::cout << "  the next fetch requests them again\n";
    if (const std::size_t n = n_strangers(); n > 0) {
      std::cout << fmt::format("  {} that no row refers to; nothing needs them\n", count_of(n, "file"));
    }
    return bad_.size();
  }

 private:
  static constexpr std::size_t kBatch = 4096;

  void look(Progress& progress) {
    std::mutex mutex;
    for_each_in_threads(batch_.size(), 0, [&] {
      return [&](std::size_t i) {
        FetchRecord record = batch_[i];
        const auto problem = store_.problem(*record.clip, true);
        const std::lock_guard lock(mutex);
        progress.add(problem.has_value(), problem ? 0 : record.clip->n_bytes);
        ++n_clips_;
        n_bytes_ += record.clip->n_bytes;
        names_.push_back(ingest::xxh3_64(std::as_bytes(std::span(record.clip->file))));
        if (!problem) return;
        store_.remove(*record.clip);
        record.clip = tl::make_unexpected(damaged(record, *problem));
        bad_.push_back(std::move(record));
      };
    });
    batch_.clear();
  }

  std::size_t n_strangers() {
    std::sort(names_.begin(), names_.end());
    std::size_t n = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / ClipStore::kClipFolder)) {
      const std::string name = entry.path().lexically_relative(folder_).string();
      n += entry.is_regular_file() &&
           !std::binary_search(names_.begin(), names_.end(), ingest::xxh3_64(std::as_bytes(std::span(name))));
    }
    return n;
  }

  fs::path folder_;
  ClipStore store_;
  FetchJournal journal_;
  std::vector<FetchRecord> batch_;
  std::vector<FetchRecord> bad_;
  std::vector<std::uint64_t> names_;  // hashes of all file names that the journal knows
  std::size_t n_clips_ = 0;
  std::size_t n_bytes_ = 0;
};

std::vector<fs::path> shares_in(const fs::path& store) {
  std::vector<fs::path> folders;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(store, error)) {
    const bool is_share = entry.path().filename().string().starts_with("share-");
    if (is_share && fs::exists(entry.path() / FetchJournal::kFileName)) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

}  // namespace

std::size_t verify_store(const fs::path& store) {
  if (!fs::exists(store / FetchJournal::kFileName)) {
    throw UsageError(store.string() + ": holds no fetch journal; nothing to verify");
  }
  return Verification(store).run();
}

void merge_stores(const fs::path& store, std::vector<fs::path> from) {
  if (from.empty()) from = shares_in(store);
  if (from.empty()) {
    throw UsageError(store.string() + ": holds no share-I-of-N folder with a journal; name the stores to join");
  }
  for (const fs::path& other : from) {
    if (!fs::exists(other / FetchJournal::kFileName)) {
      throw UsageError(other.string() + ": holds no fetch journal; it must be a folder that fetch has written");
    }
  }
  ClipStore clips(store);
  FetchJournal journal(store);
  for (const fs::path& other : from) {
    const ingest::FolderLock lock(other);
    std::size_t n_clips = 0;
    std::size_t n_failures = 0;
    journal.begin();
    FetchJournal(other).for_each([&](const FetchRecord& record) {
      const auto ours = journal.find(record.id);
      if (ours && (ours->clip || !record.clip)) return;
      if (record.clip) clips.adopt(other, *record.clip);
      journal.put(record);
      ++(record.clip ? n_clips : n_failures);
    });
    journal.commit();
    std::cout << fmt::format("merge: {} and {} from {}\n", count_of(n_clips, "clip"),
                             count_of(n_failures, "failed row"), other.string());
  }
}

}  // namespace hitscope::apps
