#include "apps/fetch/fetch_plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "apps/fetch/catalogue_reader.h"
#include "apps/fetch/wanted_rows.h"
#include "apps/shell/command.h"
#include "apps/shell/failure_summary.h"
#include "apps/shell/printable.h"
#include "apps/shell/words.h"
#include "ingest/fetch_policy.h"
#include "ingest/url.h"

namespace hitscope::apps::fetch {
namespace {

namespace fs = std::filesystem;
using Time = std::chrono::system_clock::time_point;

/// When the links of the rows that would be requested expire.
class Expiries {
 public:
  /// A row by the last of its URLs to expire; one that has a URL without an expiry never does.
  void add(const std::string& id, const std::vector<std::string>& urls, Time now) {
    std::optional<Time> expiry;
    for (const std::string& url : urls) {
      const auto of_url = ingest::link_expiry(url);
      if (!of_url) return;
      expiry = expiry ? std::max(*expiry, *of_url) : *of_url;
    }
    if (!expiry) return;
    const bool is_past = *expiry < now;
    ++(is_past ? n_past_ : n_ahead_);
    if (is_past && past_ids_.size() < kExamples) past_ids_.push_back(shell::one_line(id));
    auto& [first, last] = is_past ? past_ : ahead_;
    first = first ? std::min(*first, *expiry) : *expiry;
    last = last ? std::max(*last, *expiry) : *expiry;
  }

  void print(std::ostream& out) const {
    if (n_past_ > 0) {
      out << fmt::format("  {} expired by {} own time ({}): {}{}; get new links from the source of the catalogue\n",
                         n_past_ == 1 ? "1 link has" : fmt::format("{} links have", n_past_),
                         n_past_ == 1 ? "its" : "their", range(past_), fmt::join(past_ids_, ", "),
                         n_past_ > past_ids_.size() ? ", …" : "");
    }
    if (n_ahead_ > 0) {
      out << fmt::format("  {} to come ({})\n",
                         n_ahead_ == 1 ? "1 link has its expiry" : fmt::format("{} links have their expiry", n_ahead_),
                         range(ahead_));
    }
  }

 private:
  using Range = std::pair<std::optional<Time>, std::optional<Time>>;  // the first and the last

  static std::string range(const Range& range) {
    const std::string first = ingest::utc_text(*range.first);
    const std::string last = ingest::utc_text(*range.second);
    return first == last ? first : first + " to " + last;
  }

  static constexpr std::size_t kExamples = 3;

  std::size_t n_past_ = 0;
  std::vector<std::string> past_ids_;  // the first of them
  std::size_t n_ahead_ = 0;
  Range past_;
  Range ahead_;
};

class Plan {
 public:
  Plan(const FetchRunConfig& config, const fs::path& store) : config_(config) {
    if (!fs::exists(store / ingest::FetchJournal::kFileName)) return;
    journal_.emplace(store);
    wanted_.emplace(config, store);
  }

  void add(const ingest::tables::CatalogueRow& row) {
    ++n_rows_;
    if (!row.track) {
      refused_.add(row.track.error());
      return;
    }
    const auto record = journal_ ? journal_->find(row.id) : std::nullopt;
    if (record && wanted_->is_done(*record, *row.track)) {
      ++(record->clip ? n_clips_ : n_failed_);
      return;
    }
    const std::vector<std::string>& urls = row.track->urls;
    std::string problem = config_.fetch.literal_address_problem(urls.front());
    const bool is_forbidden = std::all_of(urls.begin(), urls.end(), [&](const std::string& url) {
      return !config_.fetch.literal_address_problem(url).empty();
    });
    if (is_forbidden) {
      problem = shell::with_flags("the host's address is " + problem);
      refused_.add({ingest::Stage::kFetch, ingest::FailureKind::kForbiddenAddress, std::move(problem)});
      return;
    }
    ++n_asked_;
    ++hosts_[ingest::host_of(row.track->urls.front())];
    expiries_.add(row.id, row.track->urls, now_);
  }

  void print(std::ostream& out) const {
    out << fmt::format("dry run: {} of {} would be requested", n_asked_, shell::count_of(n_rows_, "row"));
    if (n_clips_ > 0)
      out << fmt::format("; {} a clip already", n_clips_ == 1 ? "1 has" : fmt::format("{} have", n_clips_));
    if (n_failed_ > 0) out << fmt::format("; {} failed before, which --retry-failed requests again", n_failed_);
    out << '\n';
    print_hosts(out);
    expiries_.print(out);
    refused_.print(out);
  }

 private:
  void print_hosts(std::ostream& out) const {
    constexpr std::size_t kShown = 5;
    std::vector<std::pair<std::size_t, std::string>> hosts;
    for (const auto& [host, n] : hosts_) hosts.emplace_back(n, host);
    std::stable_sort(hosts.begin(), hosts.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    for (std::size_t i = 0; i < std::min(kShown, hosts.size()); ++i) {
      out << fmt::format("  {} of {}\n", shell::count_of(hosts[i].first, "row"), shell::one_line(hosts[i].second));
    }
    if (hosts.size() <= kShown) return;
    std::size_t n = 0;
    for (std::size_t i = kShown; i < hosts.size(); ++i) n += hosts[i].first;
    out << fmt::format("  {} of {}\n", shell::count_of(n, "row"), shell::count_of(hosts.size() - kShown, "other host"));
  }

  const FetchRunConfig& config_;
  const Time now_ = std::chrono::system_clock::now();
  std::optional<ingest::FetchJournal> journal_;  // of earlier runs
  std::optional<WantedRows> wanted_;             // where there is a journal
  std::size_t n_rows_ = 0;
  std::size_t n_asked_ = 0;
  std::size_t n_clips_ = 0;
  std::size_t n_failed_ = 0;
  std::map<std::string, std::size_t> hosts_;  // rows by the host of their first URL
  Expiries expiries_;
  shell::FailureSummary refused_;
};

}  // namespace

shell::ExitCode print_plan(const FetchRunConfig& config, const shell::WorkShare& share, const fs::path& store,
                           ingest::tables::Catalogue catalogue, ingest::tables::CatalogueRow first) {
  constexpr std::chrono::milliseconds kPatience{50};  // for standard input, between two looks at the stop flag
  Plan plan(config, store);
  CatalogueReader rows(std::move(catalogue), std::move(first));
  while (!rows.ended() && !shell::stop_flag()) {
    const auto row = rows.next(kPatience);
    if (row && share.holds(row->id)) plan.add(*row);
  }
  plan.print(std::cout);
  if (!shell::stop_flag()) return shell::ExitCode::kAllFine;
  std::cout << "stopped before the end of the catalogue\n";
  return shell::ExitCode::kStopped;
}

}  // namespace hitscope::apps::fetch
