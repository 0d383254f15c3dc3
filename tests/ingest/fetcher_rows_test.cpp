// How a Fetcher takes its rows: each once, no more than it has room for.
#include "ingest/fetcher.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/ingest/fetcher_fixture.h"

namespace hitscope::ingest {
namespace fetcher_rows_test {

using std::chrono::milliseconds;
using FetcherTest = FetcherFixture;

TEST_F(FetcherTest, DoesEveryOneOfFiftyRowsOnce) {
  std::vector<std::string> urls;
  for (int i = 0; i < 50; ++i) {
    const std::string path = "/" + std::to_string(i);
    if (i % 5 == 1) {
      server_.always(path, 404, "");
    } else if (i % 5 == 2) {
      server_.fail_first(path, 1, 500, std::nullopt, clip_ + path);
    } else if (i % 5 == 3) {
      server_.cut_short(path, clip_ + path, 1);
    } else {
      server_.serve(path, clip_ + path);
    }
    urls.push_back(server_.url(path));
  }
  FetchConfig config = quick_config();
  config.host.max_connections = 8;  // the test server's queue of new connections is short
  auto results = fetch_all(config, urls);
  ASSERT_EQ(results.size(), 50U);
  for (int i = 0; i < 50; ++i) {
    const std::string path = "/" + std::to_string(i);
    const Fetched& got = results.at(static_cast<std::size_t>(i) + 2);
    EXPECT_EQ(got.result.request.urls.front(), server_.url(path));
    if (i % 5 == 1) {
      EXPECT_EQ(got.result.http_status, 404) << path;
    } else {
      ASSERT_TRUE(got.is_clip()) << path << ": " << got.detail();
      EXPECT_EQ(got.body, clip_ + path);
    }
    EXPECT_EQ(server_.requests(path), i % 5 == 2 || i % 5 == 3 ? 2 : 1) << path;
  }
}

TEST_F(FetcherTest, PullsNoMoreThanItHasRoomFor) {
  FetchConfig config = quick_config();
  config.max_total_connections = 3;
  server_.serve("/a", clip_);
  CollectingClient client(rows_of(std::vector<std::string>(30, server_.url("/a"))));
  std::size_t most = 0;
  client.on_done = [&](const Fetched&) { most = std::max(most, client.n_given() - client.order.size() + 1); };
  run(config, client);
  EXPECT_EQ(client.order.size(), 30U);
  EXPECT_EQ(most, 3U) << "all connections are used, and no more";
}

TEST_F(FetcherTest, HoldsABoundedNumberOfRowsThatCannotStart) {
  FetchConfig config = quick_config();
  config.host.max_connections = 1;
  server_.serve("/a", clip_);
  CollectingClient client(rows_of(std::vector<std::string>(25'000, server_.url("/a"))));
  std::atomic<bool> stop{false};
  client.on_done = [&](const Fetched&) { stop = true; };
  Fetcher(config).run(client, stop);
  EXPECT_LE(client.n_given(), 10'002U);
}

TEST_F(FetcherTest, GoesOnWithItsTransfersWhileTheClientHasNoRow) {
  server_.answer("/a",
                 [this](const tests::Asked&) { return tests::Reply{200, {}, clip_, {}, false, milliseconds(30)}; });
  struct Hesitant : CollectingClient {
    Hesitant(std::vector<FetchRequest> rows, Next what) : CollectingClient(std::move(rows)), instead(what) {}
    Next next(FetchRequest& request) override {
      if (++n_asked % 5 != 0 || (n_given() > 0 && order.empty())) return instead;
      return CollectingClient::next(request);
    }
    const Next instead;
    int n_asked = 0;
  };
  for (const auto instead : {FetchClient::Next::kLater, FetchClient::Next::kNothingYet}) {
    Hesitant client(rows_of({server_.url("/a"), server_.url("/a"), server_.url("/a")}), instead);
    run(quick_config(), client);
    EXPECT_EQ(client.results.size(), 3U);
    EXPECT_EQ(client.order.front(), 2U) << "the first was done before the second row was given";
    if (instead == FetchClient::Next::kLater) continue;
    EXPECT_LT(client.n_asked, 100) << "asked every 10 ms";
  }
}

TEST_F(FetcherTest, EndsAtOnceWithoutRequests) {
  EXPECT_TRUE(fetch_all(quick_config(), {}).empty());
}

TEST_F(FetcherTest, CanRunASecondTime) {
  server_.serve("/a", clip_);
  const std::atomic<bool> stop{false};
  Fetcher fetcher(quick_config());
  for (int round = 1; round <= 2; ++round) {
    CollectingClient client(rows_of({server_.url("/a")}));
    EXPECT_FALSE(fetcher.run(client, stop));
    EXPECT_EQ(client.results.size(), 1U);
  }
}

}  // namespace fetcher_rows_test
}  // namespace hitscope::ingest
