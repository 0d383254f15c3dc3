#include "apps/pipeline/catalogue_reader.h"

#include <utility>

namespace hitscope::apps {
namespace {

constexpr std::size_t kMostRows = 4096;  // read ahead

}  // namespace

CatalogueReader::CatalogueReader(ingest::Catalogue catalogue, ingest::CatalogueRow first)
    : catalogue_(std::move(catalogue)) {
  rows_.push_back(std::move(first));
  thread_ = std::jthread([this] { loop(); });
}

CatalogueReader::~CatalogueReader() {
  const std::lock_guard lock(mutex_);
  ending_ = true;
  changed_.notify_all();
}

std::optional<ingest::CatalogueRow> CatalogueReader::next(std::chrono::milliseconds longest) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, longest, [this] { return !rows_.empty() || all_read_; });
  if (rows_.empty()) {
    if (error_) std::rethrow_exception(error_);
    ended_ = all_read_;
    return std::nullopt;
  }
  ingest::CatalogueRow row = std::move(rows_.front());
  rows_.pop_front();
  if (rows_.size() == kMostRows / 2) changed_.notify_all();
  return row;
}

void CatalogueReader::loop() {
  std::unique_lock lock(mutex_);
  while (!ending_ && !all_read_) {
    lock.unlock();
    std::optional<ingest::CatalogueRow> row;
    std::exception_ptr error;
    try {
      row = catalogue_.next();
      fraction_read_ = catalogue_.fraction_read();
    } catch (...) {
      error = std::current_exception();
    }
    lock.lock();
    all_read_ = !row;
    error_ = error;
    if (row) rows_.push_back(std::move(*row));
    if (rows_.size() <= 1) changed_.notify_all();  // the consumer may be waiting
    if (rows_.size() >= kMostRows) changed_.wait(lock, [this] { return ending_ || rows_.size() <= kMostRows / 2; });
  }
  changed_.notify_all();
}

}  // namespace hitscope::apps
