// How a HostBudget gets on with hosts that limit their visitors, in invented time.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "tests/ingest/host_simulation.h"

namespace hitscope::ingest {
namespace host_budget_simulation_test {

using namespace simulation;

struct LimitedHost {
  const char* name;
  std::vector<std::function<Server()>> variants;
};

/// Three ways to allow 20 requests a second; the fixed window at several phases of its clock.
std::vector<LimitedHost> hosts_of_20_a_second() {
  std::vector<std::function<Server()>> phases;
  for (const int ms : {0, 100, 250, 400, 500, 600, 750, 900, 960, 990, 999}) {
    phases.push_back([ms] { return fixed_window(20, milliseconds(ms)); });
  }
  return {{"sliding window", {[] { return sliding_window(20); }}},
          {"fixed window", phases},
          {"token bucket, burst 20", {[] { return token_bucket(20, 20); }}},
          {"token bucket, burst 100", {[] { return token_bucket(20, 100); }}}};
}

struct Worst {
  double total = 0.0;
  double mean = 0.0;
  double refused_percent = 0.0;
  std::size_t n_requests = 0;
};

/// The worst of every variant and some seeds, for 1000 rows.
Worst measure(const LimitedHost& host, milliseconds latency) {
  Worst worst;
  int n = 0;
  for (const auto& variant : host.variants) {
    for (unsigned seed = 1; seed <= 20; ++seed, ++n) {
      Visit visit(HostLimits{}, variant(), latency, seed);
      visit.run(1000, kBegin + std::chrono::hours(1));
      EXPECT_EQ(visit.n_done(), 1000U) << host.name << ", seed " << seed;
      const double refused =
          100.0 * static_cast<double>(visit.n_refused_after(kBegin + seconds(1))) / visit.requests().size();
      worst.total = std::max(worst.total, visit.elapsed());
      worst.mean += visit.elapsed();
      worst.refused_percent = std::max(worst.refused_percent, refused);
      worst.n_requests = std::max(worst.n_requests, visit.requests().size());
    }
  }
  worst.mean /= n;
  return worst;
}

TEST(HostBudgetSimulationTest, BringsAThousandRowsFromAHostOfTwentyASecondInLittleMoreThanFiftySeconds) {
  std::printf("%-24s %8s %12s %12s %18s %10s\n", "host", "latency", "longest (s)", "mean (s)", "refused after 1 s",
              "requests");
  for (const LimitedHost& host : hosts_of_20_a_second()) {
    for (const int latency : {1, 10, 100}) {
      const Worst worst = measure(host, milliseconds(latency));
      std::printf("%-24s %5d ms %12.1f %12.1f %16.2f %% %10zu\n", host.name, latency, worst.total, worst.mean,
                  worst.refused_percent, worst.n_requests);
      EXPECT_LE(worst.total, 1.35 * 50.0) << host.name << ", latency " << latency << " ms";
      EXPECT_LE(worst.refused_percent, 2.0) << host.name << ", latency " << latency << " ms";
    }
  }
}

TEST(HostBudgetSimulationTest, OneRefusalCostsAFastHostAFewSecondsAtMost) {
  for (const int latency : {1, 10, 100}) {
    for (const bool says_when : {false, true}) {
      double longest = 0.0;
      for (unsigned seed = 1; seed <= 20; ++seed) {
        int n = 0;
        const auto stumbles = [&n, says_when](Time) -> Answer {
          if (++n != 500) return {};
          return {503, says_when ? std::optional(seconds(1)) : std::nullopt};
        };
        Visit visit(HostLimits{}, stumbles, milliseconds(latency), seed);
        Visit smooth(
            HostLimits{}, [](Time) { return Answer{}; }, milliseconds(latency), seed);
        visit.run(20'000, kBegin + std::chrono::hours(1));
        smooth.run(20'000, kBegin + std::chrono::hours(1));
        longest = std::max(longest, visit.elapsed() - smooth.elapsed());
      }
      std::printf("one 503%s, latency %d ms: costs %.2f s at most\n", says_when ? " with Retry-After: 1" : "", latency,
                  longest);
      EXPECT_LE(longest, 4.0) << "latency " << latency << " ms";
    }
  }
}

TEST(HostBudgetSimulationTest, FindsOutThatALimitIsGone) {
  for (const int latency : {1, 10, 100}) {
    double slowest = 1e9;
    double took_longest = 0.0;
    for (unsigned seed = 1; seed <= 2; ++seed) {
      const Time lifted = kBegin + seconds(60);
      const auto server = [limited = sliding_window(20), lifted](Time now) mutable {
        return now < lifted ? limited(now) : Answer{};
      };
      HostLimits limits;
      limits.max_connections = 32;
      Visit visit(limits, server, milliseconds(latency), seed);
      const Time end = lifted + std::chrono::minutes(2);
      visit.run(10'000'000, end);
      slowest = std::min(slowest, visit.rate_between(end - seconds(1), end));
      double took = 120.0;
      for (int s = 1; s <= 120; ++s) {
        if (visit.rate_between(lifted + seconds(s - 1), lifted + seconds(s)) >= 200.0) {
          took = s;
          break;
        }
      }
      took_longest = std::max(took_longest, took);
    }
    std::printf("limit lifted, latency %d ms: 200 a second after %.0f s, at least %.0f a second after 2 min\n", latency,
                took_longest, slowest);
    EXPECT_GE(slowest, 200.0) << "latency " << latency << " ms";
  }
}

}  // namespace host_budget_simulation_test
}  // namespace hitscope::ingest
