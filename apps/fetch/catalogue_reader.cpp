#include "apps/fetch/catalogue_reader.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

namespace hitscope::apps::fetch {
namespace {

using ingest::tables::CatalogueRow;

// Read ahead at most.
constexpr std::size_t kMostRows = 4096;
constexpr std::size_t kMostBytes = 16U << 20U;

/// The memory that a row takes: an empty cell has a size, too.
std::size_t n_bytes_of(const CatalogueRow& row) {
  std::size_t n = 0;
  for (const std::string& cell : row.track ? row.track->cells : row.cells) n += sizeof cell + cell.size();
  return n;
}

}  // namespace

struct CatalogueReader::State {
  explicit State(ingest::tables::Catalogue c) : catalogue(std::move(c)) {}

  bool is_full() const { return rows.size() >= kMostRows || n_bytes >= kMostBytes; }

  void read_all() {
    std::unique_lock lock(mutex);
    while (!ending && !all_read) {
      lock.unlock();
      std::optional<CatalogueRow> row;
      std::exception_ptr failed;
      try {
        row = catalogue.next();
        fraction_read = catalogue.fraction_read();
      } catch (...) {
        failed = std::current_exception();
      }
      lock.lock();
      all_read = !row;
      error = failed;
      if (row) {
        n_bytes += n_bytes_of(*row);
        rows.push_back(std::move(*row));
        ++n_read;
      }
      if (rows.size() <= 1) changed.notify_all();  // the consumer may be waiting
      if (is_full()) {
        changed.wait(lock, [this] { return ending || (rows.size() <= kMostRows / 2 && n_bytes <= kMostBytes / 2); });
      }
    }
    changed.notify_all();
  }

  ingest::tables::Catalogue catalogue;
  std::atomic<double> fraction_read{-1.0};
  std::atomic<std::size_t> n_read{1};
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<CatalogueRow> rows;
  std::size_t n_bytes = 0;
  std::exception_ptr error;
  bool all_read = false;
  bool ending = false;
};

CatalogueReader::CatalogueReader(ingest::tables::Catalogue catalogue, CatalogueRow first)
    : state_(std::make_shared<State>(std::move(catalogue))) {
  state_->n_bytes = n_bytes_of(first);
  state_->rows.push_back(std::move(first));
  std::thread([state = state_] { state->read_all(); }).detach();
}

CatalogueReader::~CatalogueReader() {
  const std::lock_guard lock(state_->mutex);
  state_->ending = true;
  state_->changed.notify_all();
}

std::optional<CatalogueRow> CatalogueReader::next(std::chrono::milliseconds longest) {
  State& state = *state_;
  std::unique_lock lock(state.mutex);
  state.changed.wait_for(lock, longest, [&] { return !state.rows.empty() || state.all_read; });
  if (state.rows.empty()) {
    if (state.error) std::rethrow_exception(state.error);
    ended_ = state.all_read;
    return std::nullopt;
  }
  CatalogueRow row = std::move(state.rows.front());
  state.rows.pop_front();
  state.n_bytes -= n_bytes_of(row);
  if (state.rows.size() <= kMostRows / 2) state.changed.notify_all();
  return row;
}

std::size_t CatalogueReader::n_rows_guessed() const {
  const double fraction = state_->fraction_read;
  return fraction > 0.0 ? static_cast<std::size_t>(static_cast<double>(state_->n_read) / fraction) : 0;
}

const ingest::tables::Catalogue& CatalogueReader::catalogue() const {
  return state_->catalogue;
}

}  // namespace hitscope::apps::fetch
