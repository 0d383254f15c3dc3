// `hitscope fetch`: every row of a catalogue becomes a clip in the store, or a failure in its journal.
//
// The store: clips/ (ClipStore), journal.sqlite (state, one record per id), results.csv and failures.csv (one line per
// catalogue row, written at the end). A row that the journal has done is not requested again. With several machines
// each one's share has its own store, share-0002-of-0008/ in the folder; merge_stores joins them.
// Thread safety: one run per store; a second process is refused.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "apps/shell/verb.h"
#include "dsp/fields.h"
#include "ingest/failure.h"
#include "ingest/fetcher.h"
#include "ingest/tables/catalogue.h"

namespace hitscope::apps::fetch {

struct FetchRunConfig {
  std::filesystem::path catalogue;  ///< the catalogue; "-": standard input; may be empty for verify
  std::filesystem::path store;
  ingest::tables::ColumnNames columns;
  ingest::tables::TableWriting writing;
  ingest::FetchConfig fetch;
  std::string shard;                              ///< share of this process, as shell::work_share takes it
  bool retry_failed = false;                      ///< request all failed rows again
  std::vector<ingest::FailureKind> retry_kinds;   ///< request again the rows that failed with one of these kinds
  bool verify = false;                            ///< check the bytes of every stored clip; makes no requests
  double max_total = 0.0;                         ///< most megabytes of clips in the store; 0: no limit
  double min_free = 100.0;                        ///< least megabytes that the disk keeps free
  bool for_spreadsheets = false;                  ///< also write the results as spreadsheets can open them safely
  bool rebuild = false;                           ///< make the journal again first
  bool dry_run = false;                           ///< only say what would be requested
  bool no_proxy = false;                          ///< connect directly, whatever the environment says
  bool merge = false;                             ///< join the stores of shares; makes no requests
  std::vector<std::filesystem::path> merge_from;  ///< stores to join; empty: the shares in `store`

  /// Whether nothing is requested: the store alone is worked on.
  bool is_offline() const { return verify || merge || dry_run || catalogue.empty(); }

  /// The settings without `writing`, which describes itself, and without `merge` and `merge_from`, which FetchOptions
  /// adds as one option.
  template <typename Visit>
  static void describe(Visit&& visit) {
    using C = FetchRunConfig;
    visit(&C::catalogue,
          {.name = "catalogue",
           .help = "CSV, TSV or JSON Lines file, also gzipped, or - for standard input; every row needs an id "
                   "and a preview URL",
           .value = "CATALOGUE",
           .flag = "catalogue"});
    visit(&C::store, {.name = "out",
                      .help = "folder for clips/, journal.sqlite, results.csv and failures.csv",
                      .value = "FOLDER",
                      .is_required = true,
                      .is_output = true});
    visit(&C::retry_failed, {.name = "retry_failed", .help = "request again all rows that failed in an earlier run"});
    visit(&C::retry_kinds,
          {.name = "retry_kinds",
           .help = "request again the rows that failed with this kind (column kind of failures.csv), e.g. timeout",
           .value = "KIND",
           .flag = "--retry-kind",
           .is_repeated = true});
    visit(&C::shard,
          {.name = "shard",
           .help = "fetch only share I of N (counted from 0), into FOLDER/share-I-of-N (default: the share that "
                   "Slurm, Open MPI, Kubernetes or torchrun gives to this process)",
           .value = "I/N"});
    visit(&C::verify, {.name = "verify",
                       .help = "compare every clip in FOLDER with its hash, without requests; CATALOGUE may be "
                               "left out; if it is given, results.csv is written for its rows; the next fetch requests "
                               "damaged clips again"});
    visit(&C::dry_run, {.name = "dry_run",
                        .help = "only say how many rows would be requested, of which hosts, and how many links have "
                                "expired and when; makes no requests and stores nothing"});
    visit(&C::no_proxy,
          {.name = "no_proxy", .help = "connect directly, whatever http_proxy and similar variables say"});
    describe_store(visit);
  }

 private:
  /// The settings of the store.
  template <typename Visit>
  static void describe_store(Visit&& visit) {
    using C = FetchRunConfig;
    visit(&C::max_total, {.name = "max_total",
                          .help = "stop once the clips in FOLDER take this many megabytes (of 1,000,000 bytes); "
                                  "transfers under way still end; 0 sets no limit",
                          .value = "MB",
                          .rule = dsp::between(0, 1e12)});
    visit(&C::min_free, {.name = "min_free",
                         .help = "stop once the disk of FOLDER has less than this many megabytes free; 0 sets no limit",
                         .value = "MB",
                         .rule = dsp::between(0, 1e12)});
    visit(&C::for_spreadsheets,
          {.name = "csv_for_spreadsheets",
           .help = "also write results.spreadsheet.csv and failures.spreadsheet.csv, in which cells that a spreadsheet "
                   "would run as formulas are marked by an apostrophe; for looking at, not for reading again"});
    visit(&C::rebuild,
          {.name = "rebuild",
           .help = "make a damaged or lost journal.sqlite again from its copy and results.csv, and check every "
                   "clip; CATALOGUE may be left out; if it is given, fetching then continues"});
  }
};

/// Prints its summary on standard output. Throws UsageError for a catalogue or options that cannot be used.
shell::ExitCode run_fetch(const FetchRunConfig& config);

}  // namespace hitscope::apps::fetch
