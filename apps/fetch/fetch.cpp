// hitscope fetch CATALOGUE --out CLIPS
#include <CLI/CLI.hpp>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <map>

#include "apps/fetch/fetch_run.h"

namespace {

using hitscope::apps::fetch::FetchRunConfig;
using hitscope::apps::shell::UsageError;

/// Options in the units that people use; FetchConfig has its own.
struct Units {
  double max_megabytes = 64.0;
  double backoff_s = 0.5;
  double max_backoff_s = 30.0;
  double max_pause_s = 300.0;
  double connect_timeout_s = 10.0;
  double timeout_s = 120.0;
  double stall_timeout_s = 20.0;
  std::string rate;
  bool ignore_robots_tag = false;
  bool no_proxy = false;
};

std::chrono::milliseconds milliseconds_of(double seconds, const char* option) {
  if (!(seconds >= 0.0 && seconds <= 1e6)) {
    throw UsageError(std::string(option) + " is " + std::to_string(seconds) + "; it must be seconds, 0 to 1000000");
  }
  return std::chrono::milliseconds(std::llround(seconds * 1000.0));
}

/// "50/5s", "20/s" or "100/min".
void read_rate(const std::string& text, hitscope::ingest::HostLimits& limits) {
  if (text.empty()) return;
  int requests = 0;
  double window = 1.0;
  char unit[4] = "";
  int used = 0;
  const auto is_read = [&](int n_fields, int wanted) {
    return n_fields == wanted && static_cast<std::size_t>(used) == text.size();
  };
  const bool numbered = is_read(std::sscanf(text.c_str(), "%d/%lf%3[a-z]%n", &requests, &window, unit, &used), 3);
  if (!numbered) {
    window = 1.0;
    used = 0;
    if (!is_read(std::sscanf(text.c_str(), "%d/%3[a-z]%n", &requests, unit, &used), 2)) requests = 0;
  }
  const std::map<std::string, double> seconds{{"s", 1.0}, {"min", 60.0}, {"h", 3600.0}};
  const auto scale = seconds.find(unit);
  if (requests < 1 || scale == seconds.end() || !(window > 0.0)) {
    throw UsageError("rate is '" + text + "'; it must be REQUESTS/TIME such as 50/5s, 20/s or 100/min");
  }
  limits.max_requests = requests;
  limits.window = milliseconds_of(window * scale->second, "--rate's time");
}

/// Behind a proxy the addresses that are connected to cannot be checked: it must be allowed, or not be used.
bool proxy_allowed(bool no_proxy, bool allow_private_addresses) {
  for (const char* name : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
    const char* value = std::getenv(name);
    if (no_proxy || value == nullptr || *value == '\0') continue;
    if (allow_private_addresses) return true;
    throw UsageError(std::string(name) +
                     " is set: behind a proxy it cannot be checked which addresses are reached. Add --no-proxy to "
                     "connect directly, or --allow-private-addresses to trust the proxy");
  }
  return false;
}

void add_catalogue_options(CLI::App& app, FetchRunConfig& config) {
  const std::map<std::string, hitscope::ingest::tables::TableFormat> formats{
      {"auto", hitscope::ingest::tables::TableFormat::kAuto},
      {"csv", hitscope::ingest::tables::TableFormat::kCsv},
      {"tsv", hitscope::ingest::tables::TableFormat::kTsv},
      {"jsonl", hitscope::ingest::tables::TableFormat::kJsonLines}};
  app.add_option("catalogue", config.catalogue,
                 "CSV, TSV or JSON Lines, also gzipped, or - for standard input; an id and a preview URL per row");
  app.add_option("--out", config.store, "the store: clips/, journal.sqlite, results.csv, failures.csv")->required();
  const char* const table = "Catalogue";
  app.add_option("--id-column", config.columns.id, "column of the track id (default: found by its usual names)")
      ->group(table);
  app.add_option("--url-column", config.columns.urls,
                 "column of the preview URL (default: found by its usual names); given again: mirrors, in order")
      ->allow_extra_args(false)
      ->group(table);
  app.add_option("--format", config.format, "auto, csv, tsv or jsonl")
      ->transform(CLI::CheckedTransformer(formats).description(""))
      ->default_str("auto")
      ->group(table);
}

void add_manners(CLI::App& app, FetchRunConfig& config, Units& units) {
  auto& fetch = config.fetch;
  const char* const manners = "Manners, for each host";
  app.add_option("--connections", fetch.host.max_connections, "transfers at once")
      ->capture_default_str()
      ->group(manners);
  app.add_option("--rate", units.rate, "most requests per time, e.g. 50/5s, 20/s, 100/min (default: learned)")
      ->group(manners);
  app.add_option("--max-pause", units.max_pause_s, "longest Retry-After that is obeyed, s")
      ->capture_default_str()
      ->group(manners);
  app.add_option("--max-host-failures", fetch.host.max_failures,
                 "complaints in a row (429, 5xx, no answer) after which it is given up")
      ->capture_default_str()
      ->group(manners);
  app.add_flag("--ignore-robots-tag", units.ignore_robots_tag, "keep clips though X-Robots-Tag says noai or noindex")
      ->group(manners);
  app.add_option("--user-agent", fetch.user_agent, "who asks")->capture_default_str()->group(manners);
  app.add_option("--header", fetch.headers, "'Name: value' for the row's own host, never for another")
      ->allow_extra_args(false)
      ->group(manners);
}

void add_retry_options(CLI::App& app, FetchRunConfig& config, Units& units) {
  auto& fetch = config.fetch;
  const char* const again = "Trying again";
  app.add_flag("--retry-failed", config.retry_failed, "request rows again that failed in an earlier run")->group(again);
  app.add_option("--retry-kind", config.retry_kinds, "... only those of this kind, e.g. timeout; may be given again")
      ->allow_extra_args(false)
      ->group(again);
  app.add_option("--max-attempts", fetch.max_attempts,
                 "per URL; being told to wait (429, 503) does not count, up to ten times")
      ->capture_default_str()
      ->group(again);
  app.add_option("--backoff", units.backoff_s, "ceiling of the first wait, s; doubles")
      ->capture_default_str()
      ->group(again);
  app.add_option("--max-backoff", units.max_backoff_s, "ceiling of every wait, s")->capture_default_str()->group(again);
}

void add_limits(CLI::App& app, FetchRunConfig& config, Units& units) {
  auto& fetch = config.fetch;
  const char* const limits = "Limits";
  app.add_option("--total-connections", fetch.max_connections, "transfers at once, all hosts")
      ->capture_default_str()
      ->group(limits);
  app.add_option("--max-megabytes", units.max_megabytes, "largest clip accepted")->capture_default_str()->group(limits);
  app.add_option("--min-speed", fetch.min_bytes_per_second, "bytes/s; a transfer that is slower ...")
      ->capture_default_str()
      ->group(limits);
  app.add_option("--stall-timeout", units.stall_timeout_s, "... for so many s is given up")
      ->capture_default_str()
      ->group(limits);
  app.add_option("--connect-timeout", units.connect_timeout_s, "s")->capture_default_str()->group(limits);
  app.add_option("--timeout", units.timeout_s, "of a whole attempt, s")->capture_default_str()->group(limits);
  app.add_option("--max-redirects", fetch.max_redirects, "per attempt")->capture_default_str()->group(limits);
  app.add_flag("--allow-private-addresses", fetch.allow_private_addresses,
               "connect to loopback and private networks too")
      ->group(limits);
  app.add_flag("--no-proxy", units.no_proxy, "ignore http_proxy and its like")->group(limits);
}

void add_store_options(CLI::App& app, FetchRunConfig& config) {
  const char* const stores = "Many machines, and care";
  app.add_option(
         "--shard", config.shard,
         "i/N: only the rows of share i of N, into a folder of its own (default: what Slurm, Open MPI, Kubernetes "
         "or torchrun says)")
      ->group(stores);
  app.add_option("--merge", config.merge_from,
                 "join the shares in --out, or the stores named, into --out and list the catalogue's rows; no requests")
      ->expected(0, 10000)
      ->group(stores);
  app.add_flag("--verify", config.verify,
               "hash every clip again; no requests, no catalogue needed; the next fetch requests what is damaged")
      ->group(stores);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace hitscope;
  using namespace hitscope::apps;
  using namespace hitscope::apps::fetch;
  FetchRunConfig config;
  Units units;
  CLI::App app("Downloads the preview clip of every row of a catalogue: many at once, politely, resuming at the row.",
               "hitscope fetch");
  add_catalogue_options(app, config);
  add_manners(app, config, units);
  add_retry_options(app, config, units);
  add_limits(app, config, units);
  add_store_options(app, config);
  app.footer(shell::help_footer(
      "  hitscope fetch songs.csv --out clips\n"
      "  hitscope fetch songs.jsonl.gz --out clips --url-column mp3 --url-column mirror --rate 50/5s\n"
      "  hitscope fetch songs.csv --out clips --retry-kind timeout\n"
      "  hitscope fetch songs.csv --out clips --shard 2/8      # on machine 2 of 0..7\n"
      "  hitscope fetch songs.csv --out clips --merge          # when all shares are done\n"
      "  hitscope fetch --out clips --verify\n"));
  return shell::run_verb(app, argc, argv, [&] {
    if (!(units.max_megabytes > 0.0 && units.max_megabytes <= 4096.0)) {
      throw UsageError("max-megabytes is " + std::to_string(units.max_megabytes) +
                       "; it must be above 0, at most 4096");
    }
    config.merge = app.count("--merge") > 0;
    std::erase(config.merge_from, "");  // what CLI11 makes of --merge alone
    auto& fetch = config.fetch;
    fetch.max_bytes = static_cast<std::size_t>(units.max_megabytes * 1e6);
    fetch.host.first_backoff = milliseconds_of(units.backoff_s, "backoff");
    fetch.host.longest_backoff = milliseconds_of(units.max_backoff_s, "max-backoff");
    fetch.host.longest_pause = milliseconds_of(units.max_pause_s, "max-pause");
    fetch.connect_timeout = milliseconds_of(units.connect_timeout_s, "connect-timeout");
    fetch.total_timeout = milliseconds_of(units.timeout_s, "timeout");
    fetch.stall_timeout = milliseconds_of(units.stall_timeout_s, "stall-timeout");
    fetch.obey_robots_tag = !units.ignore_robots_tag;
    read_rate(units.rate, fetch.host);
    if (app.count("--total-connections") == 0) fetch.max_connections = std::max(64, fetch.host.max_connections);
    const bool offline = config.verify || config.merge;
    fetch.use_proxy = !offline && proxy_allowed(units.no_proxy, fetch.allow_private_addresses);
    return run_fetch(config);
  });
}
