#include "apps/fetch/fetch_options.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "apps/shell/environment.h"
#include "apps/shell/printable.h"
#include "apps/shell/words.h"

namespace hitscope::apps::fetch {
namespace {

constexpr const char* kRates = "Rate limits (per host)";
constexpr const char* kRetries = "Retries";
constexpr const char* kLimits = "Limits";
constexpr const char* kStore = "Sharding and store maintenance";

/// Behind a proxy the addresses that are connected to cannot be checked: it must be allowed, or not be used.
bool proxy_allowed(bool no_proxy, const ingest::FetchConfig& fetch) {
  const auto name = shell::proxy_variable(shell::process_environment());
  if (no_proxy || !name) return false;
  if (!fetch.deny.empty()) {
    throw shell::UsageError(*name +
                            " is set, and behind a proxy `deny` cannot be kept; add `no_proxy` to connect directly");
  }
  if (fetch.allow_private_addresses) return true;
  throw shell::UsageError(
      *name +
      " is set, and behind a proxy the addresses that are reached cannot be checked; add `no_proxy` to "
      "connect directly, or `allow_private_addresses` to trust the proxy");
}

shell::Option rate_option(ingest::HostLimits& limits) {
  return {.field = "max_requests",
          .flags = "--rate",
          .help = "maximum rate of requests, e.g. 50/5s, 20/s or 100/min (default: adapted to the answers of the host)",
          .value = "N/TIME",
          .read = [&limits](const auto& words) { read_rate(words.back(), limits); }};
}

shell::Option merge_option(FetchRunConfig& config) {
  return {.field = "merge",
          .flags = "--merge",
          .help =
              "merge the shares in FOLDER, or the given stores, into FOLDER and write results.csv for the rows of the "
              "catalogue; makes no requests",
          .value = "STORE",
          .is_list = true,
          .may_be_empty = true,
          .is_output = true,  // a hard link to a clip needs the same rights on both sides
          .paths = [&config] { return std::vector<std::string>(config.merge_from.begin(), config.merge_from.end()); },
          .read =
              [&config](const auto& words) {
                config.merge = true;
                for (const std::string& word : words) {
                  if (!word.empty()) config.merge_from.emplace_back(word);  // CLI11 gives "" where there is no word
                }
              }};
}

void add_retries(shell::Command& command, FetchRunConfig& config) {
  command.add(kRetries, config, {"retry_failed"});
  FetchRunConfig::describe([&](auto FetchRunConfig::*member, const dsp::Field& field) {
    if (field.name != "retry_kinds") return;
    shell::Option option = shell::Command::option_of(dsp::setting_of(config.*member, field));
    option.choices.clear();  // thirty lines that no one reads
    command.add(kRetries, std::move(option));
  });
  command.add(kRetries, config.fetch, {"max_attempts"});
  command.add(kRetries, config.fetch.host, {"first_backoff", "longest_backoff"});
}

/// As many transfers at once as the limit of open files allows: each takes a socket, and some a file.
void fit_into_descriptors(ingest::FetchConfig& fetch) {
  constexpr rlim_t kOthers = 28;  // journal, results, locks, folders, libcurl's own
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, std::max<rlim_t>(limit.rlim_cur, 8192));
  ::setrlimit(RLIMIT_NOFILE, &limit);
  constexpr rlim_t kLeast = 16;
  if (limit.rlim_cur < kLeast) {
    throw shell::UsageError(fmt::format("only {} may be open (ulimit -n); fetch needs {}",
                                        shell::count_of(limit.rlim_cur, "file"), kLeast));
  }
  const rlim_t room = std::max<rlim_t>(limit.rlim_cur, kOthers + 1) - kOthers;
  if (room >= static_cast<rlim_t>(fetch.max_total_connections)) return;
  fetch.max_total_connections = static_cast<int>(room);
  fetch.host.max_connections = std::min(fetch.host.max_connections, fetch.max_total_connections);
  shell::write_stderr(fmt::format("hitscope fetch: {} at once, because only {} files may be open (ulimit -n)\n",
                                  shell::count_of(room, "transfer"), limit.rlim_cur));
}

}  // namespace

void read_rate(const std::string& text, ingest::HostLimits& limits) {
  int requests = 0;
  double window = 1.0;
  char unit[4] = "";
  int used = 0;
  const auto is_read = [&](int n_fields, int wanted) {
    return n_fields == wanted && static_cast<std::size_t>(used) == text.size();
  };
  const bool has_number = is_read(std::sscanf(text.c_str(), "%d/%lf%3[a-z]%n", &requests, &window, unit, &used), 3);
  if (!has_number) {
    window = 1.0;
    used = 0;
    if (!is_read(std::sscanf(text.c_str(), "%d/%3[a-z]%n", &requests, unit, &used), 2)) requests = 0;
  }
  const std::map<std::string, double> seconds{{"s", 1.0}, {"min", 60.0}, {"h", 3600.0}};
  const auto scale = seconds.find(unit);
  const double length = scale == seconds.end() ? 0.0 : window * scale->second;
  constexpr double kMinSeconds = 0.001;
  constexpr double kMaxSeconds = 1e6;
  if (requests < 1 || !(length >= kMinSeconds && length <= kMaxSeconds)) {
    throw dsp::FieldError("max_requests", "'" + text + "'", "N/TIME, such as 50/5s, 20/s or 100/min");
  }
  limits.max_requests = requests;
  limits.window = std::chrono::milliseconds(std::llround(length * 1000.0));
}

FetchOptions::FetchOptions(shell::Command& command, FetchRunConfig& config) : command_(command), config_(config) {
  ingest::FetchConfig& fetch = config.fetch;
  command.add("Options", config, {"catalogue", "out", "dry_run", "csv_for_spreadsheets"});
  command.add("Catalogue", config.columns, {"id_column", "url_column"});
  command.add("Catalogue", config.writing);
  command.add(kRates, fetch.host, {"max_connections"});
  command.add(kRates, rate_option(fetch.host));
  command.add(kRates, fetch.host, {"longest_pause", "max_host_failures"});
  command.add(kRates, fetch, {"obey_robots_tag", "user_agent", "headers"});
  add_retries(command, config);
  command.add(kLimits, fetch, {"max_total_connections"});
  command.add(kLimits, fetch, {"max_megabytes"});
  command.add(kLimits, config, {"max_total", "min_free"});
  command.add(kLimits, fetch,
              {"connect_timeout", "total_timeout", "min_bytes_per_second", "stall_timeout", "max_redirects",
               "allow_downgrade", "allow_private_addresses", "deny"});
  command.add(kLimits, config, {"no_proxy"});
  command.add(kStore, config, {"shard"});
  command.add(kStore, merge_option(config));
  command.add(kStore, config, {"verify", "rebuild"});
}

void FetchOptions::resolve() {
  ingest::FetchConfig& fetch = config_.fetch;
  if (!command_.was_given("max_total_connections")) {
    fetch.max_total_connections = std::max(fetch.max_total_connections, fetch.host.max_connections);
  }
  fit_into_descriptors(fetch);
  fetch.use_proxy = !config_.is_offline() && proxy_allowed(config_.no_proxy, fetch);
}

}  // namespace hitscope::apps::fetch
