#include "apps/fetch/store_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "apps/fetch/store_care.h"
#include "apps/shell/command.h"
#include "ingest/content_hash.h"
#include "ingest/fetch_policy.h"
#include "ingest/files.h"
#include "ingest/url.h"

namespace hitscope::apps::fetch {
namespace {

using ingest::FetchRecord;
using ingest::FetchResult;

constexpr std::size_t kMostQueuedBytes = 48U << 20U;
constexpr std::size_t kMostQueuedItems = 2048;
constexpr std::size_t kReserveBytes = 512U << 10U;
constexpr std::chrono::seconds kSyncEvery{5};

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

/// Another body of the same row has another key: a kill between file and journal must not join the two. A URL signed
/// anew is the same body.
std::string part_key(const std::string& id, const ingest::BodyOrigin& origin) {
  const std::string shown = ingest::without_password(origin.url);  // as the journal keeps it
  const std::string url = shown.substr(0, shown.find('?'));
  const std::string body = url + '\n' + origin.validator + '\n' + std::to_string(origin.n_bytes);
  return fmt::format("{}.{:016x}", id, ingest::xxh3_64(bytes_of(body)));
}

}  // namespace

StoreWriter::StoreWriter(std::filesystem::path store)
    : folder_(std::move(store)),
      reserve_(folder_ / ingest::ClipStore::kPartFolder / ".reserve"),
      store_(folder_),
      callers_store_(folder_),
      journal_(folder_) {
  recheck();
  ingest::write_file(reserve_, std::string(kReserveBytes, ' '));
  writer_ = std::jthread([this] { write_loop(); });
  syncer_ = std::jthread([this](const std::stop_token& stop) { sync_loop(stop); });
}

StoreWriter::~StoreWriter() {
  syncer_.request_stop();
  std::error_code ignored;
  std::filesystem::remove(reserve_, ignored);
  const std::lock_guard lock(mutex_);
  ending_ = true;
  changed_.notify_all();
}

void StoreWriter::recheck() {
  recheck_after_restart(store_, journal_);
  std::vector<std::string> keys;
  for (const std::string& id : journal_.ids_of_parts()) {
    if (const auto origin = journal_.find_part(id)) keys.push_back(part_key(id, *origin));
  }
  store_.keep_parts(keys);
  has_parts_ = !keys.empty();
  committed_ = synced_ = recorded_sync_ = journal_.last_number();
}

void StoreWriter::piece(const std::string& id, const ingest::BodyOrigin& origin, std::size_t offset,
                        std::string bytes) {
  post(Piece{id, origin, offset, std::move(bytes)});
}

void StoreWriter::done(FetchResult&& result) {
  Result item{std::move(result), std::nullopt};
  auto& body = item.fetched.body;
  if (body && body->last.size() == body->n_bytes && is_behind()) {
    item.clip = callers_store_.put(bytes_of(body->last), body->type);
    body->last = {};
  }
  post(std::move(item));
}

bool StoreWriter::is_behind() {
  const std::lock_guard lock(mutex_);
  constexpr std::size_t kWaiting = 3;
  return queue_.size() >= kWaiting;
}

void StoreWriter::post(Item item) {
  const auto* piece = std::get_if<Piece>(&item);
  const auto* result = std::get_if<Result>(&item);
  const std::size_t n_bytes = piece != nullptr       ? piece->bytes.size()
                              : result->fetched.body ? result->fetched.body->last.size()
                                                     : 0;
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
    std::error_code ignored;
    std::filesystem::remove(reserve_, ignored);
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
  if (piece.offset == 0) {
    drop_part(piece.id);
    journal_.put_part(piece.id, piece.origin);
  }
  store_.append(part_key(piece.id, piece.origin), piece.offset, bytes_of(piece.bytes));
}

void StoreWriter::drop_part(const std::string& id) {
  const auto origin = has_parts_ ? journal_.find_part(id) : std::nullopt;
  if (!origin) return;
  store_.drop_part(part_key(id, *origin));
  journal_.drop_part(id);
}

bool StoreWriter::stays(const std::string& id, const FetchResult& result) {
  const ingest::FailureKind kind = result.body.error().kind;
  const bool is_unreached =
      ingest::is_unreached(kind) && (result.http_status == 0 || kind == ingest::FailureKind::kHostDown);
  if (!is_unreached) return false;
  const auto known = journal_.find(id);
  const auto& urls = result.request.urls;
  return known && !known->clip && known->http_status != 0 && !ingest::is_unreached(known->clip.error().kind) &&
         known->clip.error().kind != ingest::FailureKind::kDamaged &&
         std::any_of(urls.begin(), urls.end(),
                     [&](const std::string& url) { return ingest::without_password(url) == known->url; });
}

void StoreWriter::write(Result& item) {
  const FetchResult& result = item.fetched;
  const std::string& id = result.request.id;
  FetchRecord record{id,
                     result.request.row,
                     ingest::without_password(result.origin.url),
                     result.http_status,
                     result.n_attempts,
                     result.origin.etag,
                     result.origin.last_modified,
                     ingest::Clip{}};
  if (result.body) {
    const ingest::FetchedBody& body = *result.body;
    const std::size_t offset = body.n_bytes - body.last.size();
    record.clip = item.clip     ? *item.clip
                  : offset == 0 ? store_.put(bytes_of(body.last), body.type)
                                : store_.finish(part_key(id, result.origin), offset, bytes_of(body.last), body.type);
  } else if (stays(id, result)) {
    return;
  } else {
    ingest::Failure failure = result.body.error();
    failure.detail =
        fmt::format("url '{}': {} (attempts: {})", record.url, shell::with_flags(failure.detail), record.n_attempts);
    record.clip = tl::make_unexpected(std::move(failure));
  }
  if (!result.may_continue) {
    drop_part(id);
  } else if (const auto origin = journal_.find_part(id)) {
    store_.leave_part(part_key(id, *origin));
  }
  journal_.put(record);
}

std::optional<ingest::BodyPart> StoreWriter::part_of(const std::string& id, const ingest::BodyOrigin& origin) const {
  const std::string key = part_key(id, origin);
  const std::size_t n_bytes = store_.part_bytes(key);
  if (n_bytes == 0) return std::nullopt;
  return ingest::BodyPart{origin, n_bytes, [this, key] { return store_.part_head(key, ingest::Fetcher::kHeadBytes); }};
}

void StoreWriter::sync_loop(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  while (!never.wait_for(lock, stop, kSyncEvery, [&] { return stop.stop_requested(); })) {
    const std::int64_t committed = committed_;
    if (committed == synced_) continue;
    try {
      ingest::sync_file_system(folder_);
      ingest::checkpoint_journal(folder_);
      synced_ = committed;
    } catch (const std::runtime_error&) {  // a full disk: the writer will meet it too, and say so
    }
  }
}

}  // namespace hitscope::apps::fetch
