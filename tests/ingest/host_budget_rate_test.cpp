// A host with a rate: starts in any window of time.
#include "ingest/host_budget.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace hitscope::ingest {
namespace host_budget_rate_test {

using std::chrono::milliseconds;
using Time = HostBudget::Time;
constexpr Time kBegin{std::chrono::hours(100)};

/// Starts whenever it may, by timers that are up to `lateness` late, and has every request answered at once.
std::vector<Time> starts_under(const HostLimits& limits, std::size_t n, milliseconds lateness, unsigned seed) {
  HostBudget budget(limits);
  std::mt19937 random(seed);
  std::uniform_int_distribution<std::int64_t> late(0, std::chrono::nanoseconds(lateness).count());
  std::vector<Time> starts;
  Time now = kBegin;
  while (starts.size() < n) {
    now = std::max(now, budget.next_start()) + std::chrono::nanoseconds(late(random));
    while (starts.size() < n && budget.next_start() <= now) {
      budget.start(now);
      budget.answered(now);
      starts.push_back(now);
    }
    // Now and then nothing is asked for a while.
    if (random() % 50 == 0) now += milliseconds(random() % 3000);
  }
  return starts;
}

TEST(HostBudgetTest, NoWindowHoldsMoreStartsThanARateAllows) {
  for (const int n : {1, 2, 3, 7, 20, 100, 333, 1000, 5000}) {
    for (const milliseconds window : {milliseconds(100), milliseconds(1000), milliseconds(60'000)}) {
      for (const milliseconds lateness : {milliseconds(0), milliseconds(1), milliseconds(8)}) {
        HostLimits limits;
        limits.max_requests = n;
        limits.window = window;
        const auto starts = starts_under(limits, 5 * static_cast<std::size_t>(n) + 200, lateness, 7);
        int n_broken = 0;
        for (std::size_t i = static_cast<std::size_t>(n); i < starts.size(); ++i) {
          // Slots are rounded to a nanosecond: thousands of them may lack a few microseconds.
          n_broken += starts[i] - starts[i - static_cast<std::size_t>(n)] < window - std::chrono::microseconds(10);
        }
        EXPECT_EQ(n_broken, 0) << "windows of " << window.count() << " ms with more than " << n
                               << " starts, timers late by up to " << lateness.count() << " ms";
      }
    }
  }
}

TEST(HostBudgetTest, ARateIsUsedUp) {
  HostLimits limits;
  limits.max_requests = 50;
  const auto starts = starts_under(limits, 2000, milliseconds(0), 3);
  int n_slow = 0;
  for (std::size_t i = 1; i < starts.size(); ++i) n_slow += starts[i] - starts[i - 1] > milliseconds(21);
  EXPECT_LT(n_slow, 100) << "every 20 ms one, but for the times when nothing was asked";
}

}  // namespace host_budget_rate_test
}  // namespace hitscope::ingest
