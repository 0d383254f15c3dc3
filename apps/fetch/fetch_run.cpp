#include "apps/fetch/fetch_run.h"

#include <fmt/format.h>

#include <utility>

#include "apps/fetch/fetch_plan.h"
#include "apps/fetch/fetch_rows.h"
#include "apps/fetch/store_care.h"
#include "apps/fetch/store_merge.h"
#include "apps/fetch/store_rebuild.h"
#include "apps/shell/command.h"
#include "apps/shell/progress.h"
#include "apps/shell/work_share.h"
#include "apps/shell/workers.h"
#include "ingest/fetch_journal.h"
#include "ingest/files.h"

namespace hitscope::apps::fetch {
namespace {

namespace fs = std::filesystem;
using ingest::tables::Catalogue;

std::string name_of(const fs::path& catalogue) {
  return catalogue == "-" ? "standard input" : catalogue.string();
}

Catalogue open_catalogue(const FetchRunConfig& config) {
  ingest::tables::CatalogueOptions options;
  options.columns = config.columns;
  options.writing = config.writing;
  options.need_id = options.need_url = true;
  auto catalogue = Catalogue::open(config.catalogue, options);
  if (!catalogue) throw shell::UsageError(catalogue.error().detail);
  if (const std::string how = catalogue->description(); !how.empty()) {
    shell::write_note("catalogue: " + name_of(config.catalogue) + ": " + how);
  }
  return std::move(*catalogue);
}

/// What works on the store alone.
shell::ExitCode run_without_catalogue(const FetchRunConfig& config) {
  if (config.merge || !(config.verify || config.rebuild)) {
    throw shell::UsageError("the argument CATALOGUE is missing; only `verify` and `rebuild` work without it");
  }
  bool sound = true;
  if (config.rebuild) {
    if (!fs::is_directory(config.store)) throw shell::UsageError(config.store.string() + ": no such folder");
    sound = rebuild_stores(config.store);  // which verifies them
  } else {
    sound = verify_stores(config.store);
  }
  return sound ? shell::ExitCode::kAllFine : shell::ExitCode::kSomeFailed;
}

shell::ExitCode run_with_catalogue(const FetchRunConfig& config) {
  // A catalogue that cannot be used is refused before anything is created.
  Catalogue catalogue = open_catalogue(config);
  auto first = catalogue.next();
  if (!first) throw shell::UsageError(name_of(config.catalogue) + ": has a header but no rows; nothing to fetch");
  const shell::WorkShare share = config.merge ? shell::WorkShare{} : shell::work_share(config.shard);
  const fs::path store = share.folder(config.store);
  if (!config.rebuild) refuse_lost_journal(store);
  if (config.dry_run) return print_plan(config, share, store, std::move(catalogue), std::move(*first));
  if (config.verify && !config.merge && !fs::exists(store / ingest::FetchJournal::kFileName)) {
    throw shell::UsageError(store.string() + ": holds no fetch journal; nothing to verify");
  }
  const ingest::FolderLock lock(store);
  shell::narrow_sandbox();
  bool sound = true;
  if (config.rebuild) {
    sound = rebuild_store(store);  // which verifies it
  } else if (has_journal(store) && (config.merge || !config.verify)) {
    ingest::FetchJournal(store).check(false);
  }
  if (config.merge) merge_stores(store, config.merge_from);
  if (config.verify && !config.rebuild) sound = verify_store(store);
  shell::keep_freed_memory();
  try {
    const shell::ExitCode code = fetch_rows(config, share, store, std::move(catalogue), std::move(*first));
    // What --verify found is told, whatever the rows say; what a rebuild found, the fetch has mended or reported.
    const bool is_told = config.verify && !sound && code == shell::ExitCode::kAllFine;
    return is_told ? shell::ExitCode::kSomeFailed : code;
  } catch (const ingest::DamagedDatabase&) {
    throw;
  } catch (const std::exception& e) {
    throw std::runtime_error(
        fmt::format("{}; what has been fetched is kept, and the same command continues", e.what()));
  }
}

}  // namespace

shell::ExitCode run_fetch(const FetchRunConfig& config) {
  config.fetch.validate();
  if (config.dry_run && (config.merge || config.verify || config.rebuild)) {
    throw shell::UsageError(
        "`dry_run` says what would be requested; it cannot be used with `merge`, `verify` or `rebuild`");
  }
  try {
    return config.catalogue.empty() ? run_without_catalogue(config) : run_with_catalogue(config);
  } catch (const ingest::DamagedDatabase& e) {
    throw shell::UsageError(rebuild_advice(e.what()));
  }
}

}  // namespace hitscope::apps::fetch
