// hitscope fetch CATALOGUE --out CLIPS
#include <CLI/CLI.hpp>

#include "apps/pipeline/fetch_run.h"

int main(int argc, char** argv) {
  using namespace hitscope;
  apps::FetchRunConfig config;
  double max_megabytes = 64.0;
  CLI::App app("Downloads the preview clip of every row of a catalogue: many at once, resuming at the row.",
               "hitscope fetch");
  app.add_option("catalogue", config.catalogue, "CSV with a header; needs an id and a preview URL per row")->required();
  app.add_option("--out", config.store, "folder for clips/, journal.sqlite and results.csv")->required();
  app.add_option("--id-column", config.columns.id, "column of the track id (default: found by its usual names)");
  app.add_option("--url-column", config.columns.urls, "column of the preview URL (default: found by its usual names)")
      ->allow_extra_args(false);
  app.add_option("--connections", config.fetch.max_connections, "transfers at once")->capture_default_str();
  app.add_option("--max-attempts", config.fetch.max_attempts, "attempts per row")->capture_default_str();
  app.add_option("--max-megabytes", max_megabytes, "largest clip accepted")->capture_default_str();
  app.add_flag("--retry-failed", config.retry_failed, "request rows again that failed in an earlier run");
  app.add_flag("--allow-private-addresses", config.fetch.allow_private_addresses,
               "connect to loopback and private networks too");
  app.footer(
      apps::help_footer("  hitscope fetch songs.csv --out clips\n"
                        "  hitscope fetch songs.csv --out clips --url-column mp3 --connections 32\n"
                        "  hitscope fetch songs.csv --out clips --retry-failed\n"));
  return apps::run_verb(app, argc, argv, [&] {
    if (!(max_megabytes > 0.0 && max_megabytes <= 4096.0)) {
      throw apps::UsageError("max-megabytes is " + std::to_string(max_megabytes) +
                             "; it must be above 0, at most 4096");
    }
    config.fetch.max_bytes = static_cast<std::size_t>(max_megabytes * 1e6);
    return apps::run_fetch(config);
  });
}
