#include "apps/pipeline/fetch_run.h"

#include <fmt/format.h>

#include <chrono>
#include <iostream>
#include <optional>
#include <span>

#include "apps/pipeline/clip_list.h"
#include "apps/pipeline/failure_summary.h"
#include "apps/pipeline/progress.h"
#include "ingest/csv.h"
#include "ingest/fetch_journal.h"
#include "ingest/files.h"
#include "ingest/sha256.h"

namespace hitscope::apps {
namespace {

using ingest::Catalogue;
using ingest::FetchRecord;

constexpr const char* kClipFolder = "clips";

Catalogue open_catalogue(const FetchRunConfig& config) {
  auto catalogue = Catalogue::open(config.catalogue, {config.columns, true, true});
  if (!catalogue) throw UsageError(catalogue.error().detail);
  return std::move(*catalogue);
}

class FetchRun {
 public:
  explicit FetchRun(const FetchRunConfig& config)
      : config_(config), lock_(config.store), journal_(config.store), fetcher_(config.fetch) {
    std::filesystem::create_directories(config.store / kClipFolder);
  }

  ExitCode run() {
    const auto start = std::chrono::steady_clock::now();
    std::size_t n_rows = 0;
    for (Catalogue counted = open_catalogue(config_); counted.next();) ++n_rows;
    if (n_rows == 0) throw UsageError(config_.catalogue.string() + ": has a header but no rows; nothing to fetch");
    Catalogue catalogue = open_catalogue(config_);
    {
      Progress progress("fetch", "rows", n_rows);
      progress_ = &progress;
      fetcher_.run([&] { return next(catalogue); }, [&](ingest::FetchResult&& result) { keep(std::move(result)); },
                   stop_flag());
    }
    const std::size_t n_done = write_results();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const std::string work =
        n_new_ == 0 ? "none new" : fmt::format("{} new, {} in {:.1f} s", n_new_, megabytes(n_new_bytes_), seconds);
    std::cout << fmt::format("fetch: {} of {} have a clip ({}) in {}\n", n_done, count_of(n_rows, "row"), work,
                             config_.store.string());
    summary_.print(std::cout);
    if (stop_flag()) {
      std::cout << "stopped: the same command again continues where this one ended\n";
      return ExitCode::kStopped;
    }
    if (summary_.count() == 0) return ExitCode::kAllFine;
    std::cout << "every row: " << (config_.store / kFetchResults).string()
              << "; --retry-failed requests failures again\n";
    return ExitCode::kSomeFailed;
  }

 private:
  bool is_done(const FetchRecord& record, const std::string& url) const {
    if (record.url != url) return false;
    if (!record.clip) return !config_.retry_failed;
    std::error_code error;
    return std::filesystem::file_size(config_.store / record.clip->file, error) == record.clip->n_bytes && !error;
  }

  std::optional<ingest::FetchRequest> next(Catalogue& catalogue) {
    while (auto row = catalogue.next()) {
      if (row->track) {
        const auto record = journal_.find(row->id);
        if (!record || !is_done(*record, row->track->urls.front()))
          return ingest::FetchRequest{row->row, row->id, row->track->urls.front()};
        progress_->add(!record->clip);
      } else {
        progress_->add(true);
      }
    }
    return std::nullopt;
  }

  void keep(ingest::FetchResult&& result) {
    FetchRecord record{result.request.id,  result.request.row, result.request.url,
                       result.http_status, result.n_attempts,  ingest::Clip{}};
    if (result.body) {
      record.clip = store_clip(record.id, *result.body);
      ++n_new_;
      n_new_bytes_ += result.body->size();
    } else {
      ingest::Failure failure = result.body.error();
      failure.detail = fmt::format("url '{}': {} (attempts: {})", record.url, failure.detail, record.n_attempts);
      record.clip = tl::make_unexpected(std::move(failure));
    }
    journal_.put(record);
    progress_->add(!record.clip, result.body ? result.body->size() : 0);
  }

  /// The file first, its record after: a record of a clip is a promise.
  ingest::Clip store_clip(const std::string& id, const std::string& body) const {
    const auto bytes = std::as_bytes(std::span(body.data(), body.size()));
    const ingest::AudioType type = ingest::audio_type_of(bytes);
    const std::string file =
        fmt::format("{}/{}{}", kClipFolder, ingest::safe_file_name(id), ingest::extension_of(type));
    ingest::write_file(config_.store / file, bytes);
    return {file, body.size(), ingest::sha256_hex(bytes), std::string(ingest::media_type_of(type))};
  }

  /// One line per catalogue row; returns how many have a clip.
  std::size_t write_results() {
    std::string lines = ingest::csv_line(
        std::initializer_list<std::string_view>{"row", "id", "url", "status", "file", "bytes", "sha256", "media_type",
                                                "http_status", "attempts", "stage", "kind", "detail"});
    std::size_t n_done = 0;
    Catalogue catalogue = open_catalogue(config_);
    while (auto row = catalogue.next()) {
      std::optional<FetchRecord> record = row->track ? journal_.find(row->id) : std::nullopt;
      if (row->track && !record) continue;  // only when stopped early
      const std::string number = std::to_string(row->row);
      if (record && record->clip) {
        ++n_done;
        const ingest::Clip& clip = *record->clip;
        lines += ingest::csv_line({number, row->id, record->url, "ok", clip.file, std::to_string(clip.n_bytes),
                                   clip.sha256, clip.media_type, std::to_string(record->http_status),
                                   std::to_string(record->n_attempts), "", "", ""});
        continue;
      }
      ingest::Failure failure = record ? record->clip.error() : row->track.error();
      if (record) failure.detail = fmt::format("{} row {}: {}", config_.catalogue.string(), row->row, failure.detail);
      summary_.add(failure);
      lines += ingest::csv_line({number, row->id, record ? record->url : "", "failed", "", "", "", "",
                                 record ? std::to_string(record->http_status) : "",
                                 record ? std::to_string(record->n_attempts) : "", to_string(failure.stage),
                                 to_string(failure.kind), failure.detail});
    }
    ingest::write_file(config_.store / kFetchResults, lines);
    return n_done;
  }

  const FetchRunConfig& config_;
  ingest::FolderLock lock_;
  ingest::FetchJournal journal_;
  ingest::Fetcher fetcher_;
  Progress* progress_ = nullptr;
  FailureSummary summary_;
  std::size_t n_new_ = 0;
  std::size_t n_new_bytes_ = 0;
};

}  // namespace

ExitCode run_fetch(const FetchRunConfig& config) {
  open_catalogue(config);  // refuse an unusable catalogue before anything is created
  return FetchRun(config).run();
}

}  // namespace hitscope::apps
