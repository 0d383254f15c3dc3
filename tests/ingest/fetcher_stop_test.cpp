// What ends a run for all rows: nothing that a server says, only what is wrong on this machine.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/ingest/fetcher_fixture.h"

namespace hitscope::ingest {
namespace fetcher_stop_test {

using FetcherStopTest = FetcherFixture;

/// http_proxy names a host that does not exist (RFC 6761).
class NoSuchProxy {
 public:
  NoSuchProxy() {
    ::setenv("http_proxy", "http://no-such-proxy.invalid:1", 1);
    ::setenv("no_proxy", "", 1);
  }
  ~NoSuchProxy() {
    ::unsetenv("http_proxy");
    ::unsetenv("no_proxy");
  }
  NoSuchProxy(const NoSuchProxy&) = delete;
  NoSuchProxy& operator=(const NoSuchProxy&) = delete;
};

TEST_F(FetcherStopTest, StopsAtAFailureThatEveryRowWouldMeet) {
  FetchConfig config = quick_config();
  config.use_proxy = true;
  const NoSuchProxy proxy;
  server_.serve("/a", clip_);
  CollectingClient client(rows_of(std::vector<std::string>(100, server_.url("/a"))));
  const auto failure = run(config, client);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->action, Action::kStop);
  EXPECT_EQ(failure->kind, FailureKind::kNetwork);
  EXPECT_TRUE(client.order.empty()) << "no row gets done()";
  EXPECT_EQ(server_.requests(), 0);
}

TEST_F(FetcherStopTest, AServerThatPlaysAProxyStopsNothing) {
  server_.serve("/a", clip_);
  server_.always("/proxy", 407, "");
  std::vector<std::string> urls(20, server_.url("/a"));
  urls[1] = server_.url("/proxy");
  for (const bool use_proxy : {false, true}) {
    FetchConfig config = quick_config();
    config.use_proxy = use_proxy;
    CollectingClient client(rows_of(urls));
    EXPECT_FALSE(run(config, client));
    EXPECT_EQ(client.results.size(), 20U);
  }
}

TEST_F(FetcherStopTest, CanRunAgainAfterAStop) {
  server_.serve("/a", clip_);
  const std::atomic<bool> stop{false};
  FetchConfig config = quick_config();
  config.use_proxy = true;
  Fetcher fetcher(config);
  CollectingClient first(rows_of({server_.url("/a")}));
  {
    const NoSuchProxy proxy;
    EXPECT_TRUE(fetcher.run(first, stop));
  }
  CollectingClient second(rows_of({server_.url("/a")}));
  EXPECT_FALSE(fetcher.run(second, stop));
  EXPECT_EQ(second.results.size(), 1U);
}

}  // namespace fetcher_stop_test
}  // namespace hitscope::ingest
