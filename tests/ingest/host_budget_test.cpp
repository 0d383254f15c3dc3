#include "ingest/host_budget.h"

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace hitscope::ingest {
namespace host_budget_test {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Time = HostBudget::Time;
constexpr Time kBegin{std::chrono::hours(100)};

/// A budget with a clock that the test moves.
struct Visitor {
  explicit Visitor(const HostLimits& limits = {}) : budget(limits) {}

  bool may_start() const { return budget.next_start() <= now; }
  Time start() {
    budget.start(now);
    return now;
  }
  /// Passes `time`, then makes a request of one millisecond that is answered.
  void one_answer(milliseconds time = milliseconds(1)) {
    now += time;
    budget.start(now);
    now += milliseconds(1);
    budget.answered(now);
  }
  void refuse_one(std::optional<seconds> retry_after, double uniform = 0.0, bool for_rate = false) {
    now = std::max(now, budget.next_start());
    const Time started = start();
    now += milliseconds(1);
    budget.refused(now, started, retry_after, for_rate, uniform);
  }
  void fail_to_reach(double uniform = 0.5) {
    now = std::max(now + milliseconds(1), budget.next_start());
    const Time started = start();
    now += milliseconds(1);
    budget.faltered(now, started, std::nullopt, uniform);
  }
  milliseconds pause() const { return std::chrono::duration_cast<milliseconds>(budget.paused_until() - now); }

  HostBudget budget;
  Time now = kBegin;
};

HostLimits with_connections(int n) {
  HostLimits limits;
  limits.max_connections = n;
  return limits;
}

TEST(HostBudgetTest, BeginsAtHalfOfTheConnectionsAndRisesByOneWithEveryAnswer) {
  EXPECT_EQ(HostBudget(with_connections(1)).connections(), 1);
  EXPECT_EQ(HostBudget(with_connections(5)).connections(), 3);
  Visitor host(with_connections(16));
  EXPECT_EQ(host.budget.connections(), 8);
  for (int n = 9; n <= 16; ++n) {
    host.one_answer();
    EXPECT_EQ(host.budget.connections(), n);
  }
  for (int i = 0; i < 100; ++i) host.one_answer();
  EXPECT_EQ(host.budget.connections(), 16) << "and no further";
}

TEST(HostBudgetTest, NeverLetsMoreStartThanItHasConnections) {
  Visitor host(with_connections(4));
  std::deque<Time> running;
  while (host.may_start()) running.push_back(host.start());
  EXPECT_EQ(running.size(), 2U);
  EXPECT_EQ(host.budget.next_start(), Time::max());
  EXPECT_EQ(host.budget.n_running(), 2);
  host.budget.answered(host.now);
  EXPECT_TRUE(host.may_start()) << "a place is free";
  host.start();
  host.start();
  EXPECT_FALSE(host.may_start());
  host.budget.abandoned();
  EXPECT_TRUE(host.may_start()) << "what is abandoned makes room too";
  EXPECT_EQ(host.budget.connections(), 3) << "but teaches nothing";
}

TEST(HostBudgetTest, ARefusalHalvesTheConnectionsThatThenRiseByOneARound) {
  Visitor host(with_connections(16));
  for (int i = 0; i < 8; ++i) host.one_answer();
  host.refuse_one(seconds(1));
  EXPECT_EQ(host.budget.connections(), 8);
  int n_answers = 0;
  for (int n = 9; n <= 16; ++n) {
    const int before = n_answers;
    while (host.budget.connections() < n && n_answers < 1000) {
      host.one_answer();
      ++n_answers;
    }
    EXPECT_GE(n_answers - before, n - 2) << "a round is as many answers as there are connections";
    EXPECT_LE(n_answers - before, n + 1);
  }
  for (const int n : {8, 4, 2, 1, 1, 1}) {
    host.refuse_one(seconds(1));
    EXPECT_EQ(host.budget.connections(), n);
  }
}

TEST(HostBudgetTest, RetryAfterSilencesEveryConnection) {
  Visitor host(with_connections(16));
  const Time first = host.start();
  host.start();
  host.now += milliseconds(10);
  host.budget.refused(host.now, first, seconds(7), false, 0.0);
  EXPECT_EQ(host.budget.next_start(), host.now + seconds(7));
  host.budget.answered(host.now + milliseconds(5));
  EXPECT_EQ(host.budget.next_start(), host.now + seconds(7)) << "an answer of another connection does not end it";
  host.now += seconds(7);
  EXPECT_TRUE(host.may_start());
}

TEST(HostBudgetTest, ManyClientsThatWereToldTheSameDoNotComeBackAtOnce) {
  for (const auto& [asked, most_extra] : {std::pair(1, 100), {5, 500}, {10, 1000}, {60, 1000}}) {
    for (const double uniform : {0.0, 0.5, 0.999}) {
      Visitor host;
      host.refuse_one(seconds(asked), uniform);
      EXPECT_GE(host.pause(), seconds(asked));
      EXPECT_NEAR(static_cast<double>(host.pause().count()), 1000.0 * asked + uniform * most_extra, 1.0);
    }
  }
}

TEST(HostBudgetTest, RefusalsOfRequestsUnderWayAreOneComplaint) {
  Visitor host(with_connections(16));
  for (int i = 0; i < 8; ++i) host.one_answer();
  std::vector<Time> started;
  for (int i = 0; i < 16; ++i) {
    started.push_back(host.start());
    host.now += milliseconds(1);
  }
  for (const Time time : started) host.budget.refused(host.now += milliseconds(1), time, seconds(1), true, 0.0);
  EXPECT_EQ(host.budget.connections(), 8);
  EXPECT_EQ(host.budget.n_running(), 0);
  EXPECT_FALSE(host.budget.is_down()) << "16 refusals of one moment are no ten complaints";
  EXPECT_EQ(host.budget.next_start(), host.now + seconds(1)) << "the newest word on when to return counts";
}

TEST(HostBudgetTest, BacksOffExponentiallyWithFullJitterWhereTheHostDoesNotSayHowLong) {
  for (const double uniform : {0.0, 0.25, 0.999}) {
    HostLimits limits;
    limits.max_failures = 100;
    Visitor host(limits);
    for (const int ceiling_ms : {500, 1000, 2000, 4000, 8000, 16'000, 30'000, 30'000, 30'000}) {
      host.refuse_one(std::nullopt, uniform);
      EXPECT_NEAR(static_cast<double>(host.pause().count()), uniform * ceiling_ms, 1.0);
    }
    host.now += seconds(31);
    host.one_answer();
    host.refuse_one(std::nullopt, uniform);
    EXPECT_NEAR(static_cast<double>(host.pause().count()), uniform * 500, 1.0) << "an answer starts it over";
  }
}

TEST(HostBudgetTest, TakesARetryAfterOfZeroForNoAnswerToHowLong) {
  Visitor host;
  host.refuse_one(seconds(0), 0.5);
  EXPECT_EQ(host.pause(), milliseconds(250));
}

TEST(HostBudgetTest, LongestPauseBoundsWhatAHostMayAskFor) {
  HostLimits limits;
  limits.longest_pause = seconds(20);
  Visitor patient(limits);
  patient.refuse_one(seconds(20), 0.999);
  EXPECT_EQ(patient.pause(), seconds(20));
  EXPECT_FALSE(patient.budget.is_down());
}

TEST(HostBudgetTest, AHostThatAsksForALongerPauseThanAllowedIsDownAndStaysSo) {
  for (const bool refuses : {true, false}) {  // a server error may ask for a pause, too
    Visitor host;
    const Time started = host.start();
    host.start();
    refuses ? host.budget.refused(host.now, started, seconds(301), true, 0.5)
            : host.budget.faltered(host.now, started, seconds(301), 0.5);
    host.budget.answered(host.now);
    EXPECT_TRUE(host.budget.is_down()) << "an answer that was under way takes nothing back";
    EXPECT_EQ(host.budget.why_down(), "asks for a pause of 301 s, which is longer than `longest_pause` allows (300 s)");
    EXPECT_FALSE(host.budget.is_fresh(host.now + std::chrono::hours(1)));
  }
}

TEST(HostBudgetTest, AHostIsDownAfterMaxFailuresInARow) {
  HostLimits limits;
  limits.max_failures = 4;
  Visitor refuses(limits);
  Visitor is_silent(limits);
  for (int i = 1; i <= 4; ++i) {
    EXPECT_FALSE(refuses.budget.is_down());
    EXPECT_FALSE(is_silent.budget.is_down());
    refuses.refuse_one(seconds(1));
    is_silent.fail_to_reach();
  }
  EXPECT_TRUE(refuses.budget.is_down());
  EXPECT_TRUE(is_silent.budget.is_down());
}

TEST(HostBudgetTest, AHostThatAnswersNowAndThenIsNotDown) {
  HostLimits limits;
  limits.max_failures = 4;
  Visitor host(limits);
  for (int i = 0; i < 40; ++i) {
    for (int j = 0; j < 3; ++j) i % 2 == 0 ? host.refuse_one(seconds(1)) : host.fail_to_reach();
    EXPECT_FALSE(host.budget.is_down());
    host.now = std::max(host.now, host.budget.next_start());
    host.one_answer();
  }
}

TEST(HostBudgetTest, ThreeBrokenConnectionsInARowAreAComplaint) {
  Visitor host(with_connections(16));
  for (int i = 0; i < 50; ++i) {
    host.fail_to_reach();
    host.fail_to_reach();
    EXPECT_TRUE(host.may_start()) << "one or two are an accident";
    host.one_answer();
  }
  EXPECT_EQ(host.budget.connections(), 16);
  host.fail_to_reach();
  host.fail_to_reach();
  host.fail_to_reach();
  EXPECT_EQ(host.budget.connections(), 8);
  EXPECT_EQ(host.pause(), milliseconds(1000)) << "half of what a third back-off may be";
}

TEST(HostBudgetTest, ARefusalForTheRateTeachesTheRate) {
  Visitor host;
  for (int i = 0; i < 20; ++i) host.one_answer(milliseconds(0));
  EXPECT_EQ(host.budget.rate(), 0.0);
  host.refuse_one(seconds(1), 0.0, true);
  EXPECT_GT(host.budget.rate(), 17.0);
  EXPECT_LT(host.budget.rate(), 20.0) << "20 in a second were accepted";
  host.now += seconds(1);
  const Time first = host.budget.next_start();
  ASSERT_LE(first, host.now);
  host.one_answer(milliseconds(0));
  EXPECT_NEAR(std::chrono::duration<double>(host.budget.next_start() - host.now).count(), 1.0 / host.budget.rate(),
              0.005)
      << "requests are spaced evenly";
}

TEST(HostBudgetTest, ARefusalForAnotherReasonTeachesNoRate) {
  Visitor host;
  for (int i = 0; i < 20; ++i) host.one_answer();
  host.refuse_one(seconds(1), 0.0, false);
  EXPECT_EQ(host.budget.rate(), 0.0);
}

TEST(HostBudgetTest, IsFreshUntilItHasLearnedSomething) {
  Visitor host;
  EXPECT_TRUE(host.budget.is_fresh(host.now));
  host.start();
  EXPECT_FALSE(host.budget.is_fresh(host.now));
  host.budget.answered(host.now);
  EXPECT_TRUE(host.budget.is_fresh(host.now));
  Visitor told;
  told.refuse_one(seconds(1), 0.0, true);
  EXPECT_FALSE(told.budget.is_fresh(told.now));
}

TEST(HostLimitsTest, NameFieldValueAndRule) {
  const auto message = [](const std::function<void(HostLimits&)>& spoil) -> std::string {
    HostLimits limits;
    spoil(limits);
    try {
      limits.validate();
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "nothing was thrown";
  };
  EXPECT_EQ(message([](HostLimits&) {}), "nothing was thrown");
  EXPECT_EQ(message([](HostLimits& l) { l.max_connections = 0; }), "max_connections is 0; it must be from 1 to 256");
  EXPECT_EQ(message([](HostLimits& l) { l.max_connections = 257; }),
            "max_connections is 257; it must be from 1 to 256");
  EXPECT_EQ(message([](HostLimits& l) { l.window = milliseconds(0); }),
            "window is 0; it must be from 0.001 to 1000000");
  EXPECT_EQ(message([](HostLimits& l) { l.first_backoff = milliseconds(0); }),
            "first_backoff is 0; it must be from 0.001 to 1000000");
  EXPECT_EQ(message([](HostLimits& l) { l.longest_backoff = milliseconds(499); }),
            "longest_backoff is 0.499; it must be at least `first_backoff`");
  EXPECT_EQ(message([](HostLimits& l) { l.longest_pause = milliseconds(-1); }),
            "longest_pause is -0.001; it must be from 0 to 1000000");
  EXPECT_EQ(message([](HostLimits& l) { l.max_failures = 0; }), "max_host_failures is 0; it must be at least 1");
}

}  // namespace host_budget_test
}  // namespace hitscope::ingest
