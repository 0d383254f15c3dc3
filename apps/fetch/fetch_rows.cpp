#include "apps/fetch/fetch_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <iostream>
#include <optional>
#include <string_view>
#include <utility>

#include "apps/clips/fetch_results.h"
#include "apps/fetch/catalogue_reader.h"
#include "apps/fetch/disk_limit.h"
#include "apps/fetch/store_writer.h"
#include "apps/fetch/wanted_rows.h"
#include "apps/shell/command.h"
#include "apps/shell/printable.h"
#include "apps/shell/progress.h"
#include "apps/shell/words.h"
#include "ingest/tables/spreadsheet.h"

namespace hitscope::apps::fetch {
namespace {

namespace fs = std::filesystem;
using ingest::FailureKind;
using ingest::FetchRecord;
using ingest::tables::Catalogue;

/// What to add to the same command, where an option could avoid a failure. Rows of host_down and forbidden_address are
/// requested again without --retry-kind.
constexpr std::array<std::pair<FailureKind, std::string_view>, 5> kHints{
    {{FailureKind::kHostDown,
      "the next run requests them again; --max-host-failures N keeps trying a host for longer, and --max-pause SECONDS "
      "lets one ask for a longer pause"},
     {FailureKind::kTimeout,
      "add --retry-kind timeout, and set how slow a host may be by --connect-timeout, --timeout, --min-speed or "
      "--stall-timeout"},
     {FailureKind::kOptedOut, "add --retry-kind opted_out --ignore-robots-tag to keep such clips"},
     {FailureKind::kTooLarge, "add --retry-kind too_large --max-megabytes MB to accept larger clips"},
     {FailureKind::kForbiddenAddress,
      "leave out --deny, or add --allow-private-addresses for private ones, to request them after all"}}};

class FetchRun : public ingest::FetchClient {
 public:
  /// `first` is the row that has been read already.
  FetchRun(const FetchRunConfig& config, shell::WorkShare share, fs::path store, Catalogue catalogue,
           ingest::tables::CatalogueRow first)
      : config_(config),
        share_(std::move(share)),
        store_(std::move(store)),
        rows_(std::move(catalogue), std::move(first)),
        wanted_(config, store_),
        writer_(store_),
        journal_(store_),
        disk_limit_(config, store_, journal_),
        results_(store_, rows_.catalogue()),
        progress_("fetch", "rows", 0) {}

  shell::ExitCode run() {
    if (!config_.is_offline()) stopped_by_ = ingest::Fetcher(config_.fetch).run(*this, shell::stop_flag());
    writer_.drain();
    bool stopped = shell::stop_flag() || stopped_by_ || is_full_;
    journal_.in_one_state([&] {
      // Reads the rows that were not reached. A producer on standard input may never end, so after a stop it is not
      // waited for.
      bool waits = false;
      const auto is_over = [&] { return rows_.ended() || (stopped && waits && rows_.n_rows_guessed() == 0); };
      while (!is_over()) waits = read_row(nullptr) == Next::kNothingYet;
      progress_.finish();
      is_full_ = is_full_ && n_asked_ + n_not_asked_ > n_done_;  // rows were left
      stopped = shell::stop_flag() || stopped_by_ || is_full_;
      results_.publish([this](const std::string& id) { return journal_.find(id); }, !stopped);
    });
    for (const char* name : {clips::kFetchResults, clips::kFetchFailures}) {
      const bool is_there = fs::exists(ingest::tables::path_for_spreadsheets(store_ / name));  // it must not be older
      if (config_.for_spreadsheets || is_there) ingest::tables::write_for_spreadsheets(store_ / name);
    }
    if (!stopped && (n_done_ > 0 || config_.merge)) keep_copy();
    return config_.verify ? shell::ExitCode::kAllFine : say();
  }

  Next next(ingest::FetchRequest& request) override {
    constexpr int kRowsAtOnce = 2000;  // rows already done that are read at a time, while transfers wait
    Next next = Next::kLater;
    journal_.in_one_state([&] {
      for (int i = 0; i < kRowsAtOnce && next == Next::kLater; ++i) next = read_row(&request);
    });
    return next;
  }

  void piece(const ingest::FetchRequest& request, const ingest::BodyOrigin& origin, std::size_t offset,
             std::string bytes) override {
    writer_.piece(request.id, origin, offset, std::move(bytes));
  }

  void done(ingest::FetchResult&& result) override {
    const std::size_t n_bytes = result.body ? result.body->n_bytes : 0;
    ++n_done_;
    disk_limit_.add(n_bytes);
    n_new_ += result.body ? 1 : 0;
    n_new_bytes_ += n_bytes;
    progress_.add(!result.body, n_bytes);
    writer_.done(std::move(result));
  }

  void paused(const ingest::HostPause& pause) override { progress_.pause(pause.host, pause.length, pause.reason); }
  bool is_full() override { return is_full_ = is_full_ || disk_limit_.reached().has_value(); }
  void tick() override { progress_.tick(); }

 private:
  /// Takes the catalogue's next row. kRow where it is to be fetched and `request` holds it, kLater where it is not.
  Next read_row(ingest::FetchRequest* request) {
    constexpr std::chrono::milliseconds kPatience{5};
    auto row = rows_.next(kPatience);
    if (!row) {
      if (!rows_.ended()) return Next::kNothingYet;
      progress_.set_total(results_.n_rows());
      return Next::kEnd;
    }
    if (!share_.holds(row->id)) return Next::kLater;
    const bool wanted = row->track ? read_track(*row->track, request) : (results_.add_refused(*row), false);
    if (!row->track) progress_.skip(true);
    progress_.set_total(rows_.n_rows_guessed() / static_cast<std::size_t>(share_.count));
    return wanted ? Next::kRow : Next::kLater;
  }

  bool read_track(ingest::tables::Track& track, ingest::FetchRequest* request) {
    const auto record = journal_.find(track.id);
    const bool offline = request == nullptr;
    if (record && (offline || wanted_.is_done(*record, track))) {
      results_.add_known(track, *record);
      progress_.skip(!record->clip);
      return false;
    }
    results_.add_pending(track);
    ++(offline ? n_not_asked_ : n_asked_);
    if (offline) return false;
    *request = {track.row, track.id, std::move(track.urls), std::nullopt};
    if (const auto origin = journal_.find_part(track.id)) request->part = writer_.part_of(track.id, *origin);
    return true;
  }

  shell::ExitCode say() {
    const std::string what =
        fmt::format("fetch: {} of {} have a clip", results_.n_clips(), shell::count_of(results_.n_rows(), "row"));
    const std::string work =
        n_new_ == 0 ? "none new"
                    : fmt::format("{} new, {} in {:.1f} s", n_new_, shell::megabytes(n_new_bytes_), seconds());
    std::cout << fmt::format("{} ({}) in {}\n", what, work, store_.string());
    if (share_.count > 1) {
      std::cout << fmt::format("  share {} of {} (from {}); when all shares are done, merge them with --merge\n",
                               share_.index, share_.count, share_.origin);
    }
    results_.failures().print(std::cout);
    if (rows_.catalogue().n_dropped_values() > 0) {
      std::cout << fmt::format(
          "  note: {} left out of results.csv, because the first 1000 rows do not have their keys\n",
          shell::count_of(rows_.catalogue().n_dropped_values(), "value"));
    }
    if (stopped_by_) {
      std::cout << fmt::format("stopped: {}\n", shell::one_line(stopped_by_->detail));
      return shell::ExitCode::kStopped;
    }
    if (is_full_) {
      std::cout << fmt::format("stopped: {}\n", shell::with_flags(*disk_limit_.reached()));
      return shell::ExitCode::kStopped;
    }
    if (shell::stop_flag()) {
      std::cout << "stopped: run the same command again to continue\n";
      return shell::ExitCode::kStopped;
    }
    if (results_.failures().count() == 0) return shell::ExitCode::kAllFine;
    std::cout << fmt::format(
        "failed rows: {}; --retry-failed requests all of them again, --retry-kind KIND those of one kind\n",
        (store_ / clips::kFetchFailures).string());
    for (const auto& [kind, hint] : kHints) {
      if (results_.failures().has(kind)) std::cout << fmt::format("  {}: {}\n", to_string(kind), hint);
    }
    return shell::ExitCode::kSomeFailed;
  }

  /// What --rebuild begins with. A run without it is whole all the same.
  void keep_copy() {
    try {
      journal_.keep_copy(store_);
    } catch (const std::exception& e) {
      shell::write_stderr(
          fmt::format("hitscope fetch: no copy of the journal was made: {}\n", shell::one_line(e.what())));
    }
  }

  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

  const FetchRunConfig& config_;
  shell::WorkShare share_;
  fs::path store_;
  CatalogueReader rows_;
  WantedRows wanted_;
  StoreWriter writer_;
  ingest::FetchJournal journal_;  // to read only
  DiskLimit disk_limit_;
  clips::FetchResults results_;
  shell::Progress progress_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::optional<ingest::Failure> stopped_by_;
  bool is_full_ = false;  // the disk limit ended the fetch
  std::size_t n_asked_ = 0;
  std::size_t n_not_asked_ = 0;  // rows without a record that were read after the end
  std::size_t n_done_ = 0;
  std::size_t n_new_ = 0;
  std::size_t n_new_bytes_ = 0;
};

}  // namespace

shell::ExitCode fetch_rows(const FetchRunConfig& config, const shell::WorkShare& share, const fs::path& store,
                           ingest::tables::Catalogue catalogue, ingest::tables::CatalogueRow first) {
  return FetchRun(config, share, store, std::move(catalogue), std::move(first)).run();
}

}  // namespace hitscope::apps::fetch
