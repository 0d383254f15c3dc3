#include "apps/pipeline/store_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <span>

namespace hitscope::apps {
namespace {

using ingest::FetchRecord;
using ingest::FetchResult;

constexpr std::size_t kMostQueuedBytes = 48U << 20U;
constexpr std::size_t kMostQueuedItems = 2048;
constexpr std::chrono::seconds kSyncEvery{5};

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace

StoreWriter::StoreWriter(std::filesystem::path store) : folder_(std::move(store)), store_(folder_), journal_(folder_) {
  recheck();
  writer_ = std::jthread([this] { write_loop(); });
  syncer_ = std::jthread([this](const std::stop_token& stop) { sync_loop(stop); });
}

StoreWriter::~StoreWriter() {
  syncer_.request_stop();
  const std::lock_guard lock(mutex_);
  ending_ = true;
  changed_.notify_all();
}

void StoreWriter::recheck() {
  if (journal_.is_of_another_boot()) {
    journal_.begin();
    for (FetchRecord& record : journal_.unsynced()) {
      if (!record.clip) continue;
      const auto problem = store_.problem(*record.clip, true);
      if (!problem) continue;
      store_.remove(*record.clip);
      const std::string detail =
          fmt::format("{} {} (found after a restart of the machine)", record.clip->file, *problem);
      record.clip = tl::make_unexpected(ingest::Failure{ingest::Stage::kFetch, ingest::FailureKind::kDamaged, detail});
      journal_.put(record);
    }
    for (const std::string& id : journal_.ids_of_parts()) journal_.drop_part(id);
    journal_.commit();
  }
  journal_.take_over_boot();
  const std::vector<std::string> ids = journal_.ids_of_parts();
  store_.keep_parts_of(ids);
  has_parts_ = !ids.empty();
  committed_ = synced_ = recorded_sync_ = journal_.last_number();
}

void StoreWriter::piece(const std::string& id, const ingest::BodyOrigin& origin, std::size_t offset,
                        std::string bytes) {
  post(Piece{id, origin, offset, std::move(bytes)});
}

void StoreWriter::done(FetchResult&& result) {
  post(std::move(result));
}

void StoreWriter::post(Item item) {
  const auto* piece = std::get_if<Piece>(&item);
  const auto* result = std::get_if<FetchResult>(&item);
  const std::size_t n_bytes = piece != nullptr ? piece->bytes.size() : result->body ? result->body->last.size() : 0;
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return error_ || (queued_bytes_ < kMostQueuedBytes && queue_.size() < kMostQueuedItems); });
  if (error_) std::rethrow_exception(error_);
  queue_.push_back(std::move(item));
  queued_bytes_ += n_bytes;
  changed_.notify_all();
}

void StoreWriter::drain() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return (queue_.empty() && !busy_) || error_; });
  if (error_) std::rethrow_exception(error_);
}

void StoreWriter::write_loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return ending_ || !queue_.empty(); });
    if (ending_) return;
    std::deque<Item> items;
    items.swap(queue_);
    const std::size_t n_bytes = queued_bytes_;
    busy_ = true;
    lock.unlock();
    std::exception_ptr error;
    try {
      write_batch(items);
    } catch (...) {
      error = std::current_exception();
    }
    items.clear();
    lock.lock();
    busy_ = false;
    queued_bytes_ -= n_bytes;
    error_ = error;
    changed_.notify_all();
    if (error_) return;
  }
}

void StoreWriter::write_batch(std::deque<Item>& items) {
  journal_.begin();
  try {
    for (Item& item : items) std::visit([this](auto& one) { write(one); }, item);
  } catch (...) {
    const std::exception_ptr error = std::current_exception();
    try {
      journal_.commit();                      // what came before is whole
    } catch (const ingest::DatabaseError&) {  // SQLite has rolled back: it met the same full disk
    }
    std::rethrow_exception(error);
  }
  if (const std::int64_t synced = synced_; synced != recorded_sync_) {
    journal_.set_synced(synced);
    recorded_sync_ = synced;
  }
  journal_.commit();
  committed_ = journal_.last_number();
}

void StoreWriter::write(Piece& piece) {
  has_parts_ = true;
  if (piece.offset == 0) journal_.put_part(piece.id, piece.origin);
  store_.append(piece.id, piece.offset, bytes_of(piece.bytes));
}

void StoreWriter::write(FetchResult& result) {
  const std::string& id = result.request.id;
  FetchRecord record{id,
                     result.request.row,
                     result.origin.url,
                     result.http_status,
                     result.n_attempts,
                     result.origin.etag,
                     result.origin.last_modified,
                     ingest::Clip{}};
  if (result.body) {
    const ingest::FetchedBody& body = *result.body;
    const std::size_t offset = body.n_bytes - body.last.size();
    record.clip = offset == 0 ? store_.put(bytes_of(body.last), body.type)
                              : store_.finish(id, offset, bytes_of(body.last), body.type);
  } else {
    ingest::Failure failure = result.body.error();
    failure.detail = fmt::format("url '{}': {} (attempts: {})", record.url, failure.detail, record.n_attempts);
    record.clip = tl::make_unexpected(std::move(failure));
  }
  if (has_parts_ && !result.may_continue) {
    store_.drop_part(id);
    journal_.drop_part(id);
  }
  journal_.put(record);
}

std::optional<ingest::BodyPart> StoreWriter::part_of(const std::string& id, const ingest::BodyOrigin& origin) const {
  const std::size_t n_bytes = store_.part_bytes(id);
  if (n_bytes == 0) return std::nullopt;
  return ingest::BodyPart{origin, n_bytes, store_.part_head(id, ingest::Fetcher::kHeadBytes)};
}

void StoreWriter::sync_loop(const std::stop_token& stop) {
  const int folder = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  while (!never.wait_for(lock, stop, kSyncEvery, [&] { return stop.stop_requested(); })) {
    const std::int64_t committed = committed_;
    if (folder < 0 || committed == synced_ || ::syncfs(folder) != 0) continue;
    try {
      ingest::checkpoint_journal(folder_);
      synced_ = committed;
    } catch (const ingest::DatabaseError&) {  // a full disk: the writer will meet it too, and say so
    }
  }
  if (folder >= 0) ::close(folder);
}

}  // namespace hitscope::apps
