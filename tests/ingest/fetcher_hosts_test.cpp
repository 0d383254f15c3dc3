// What the fetcher asks of a host, and which host it asks.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/ingest/fetcher_fixture.h"

namespace hitscope::ingest {
namespace fetcher_hosts_test {

using std::chrono::milliseconds;
using std::chrono::seconds;
using tests::Asked;
using tests::Reply;

class FetcherHostsTest : public FetcherFixture {
 protected:
  static FetchRequest row_with(std::vector<std::string> urls) { return {2, "id2", std::move(urls), std::nullopt}; }
  static constexpr const char* kDeadHost = "http://127.0.0.1:1";
};

TEST_F(FetcherHostsTest, WaitsAsLongAsRetryAfterAsks) {
  server_.fail_first("/a", 1, 429, 1, clip_);
  const auto begin = Clock::now();
  CollectingClient client(rows_of({server_.url("/a")}));
  run(quick_config(), client);
  EXPECT_GE(since(begin), seconds(1));
  EXPECT_LT(since(begin), milliseconds(1600));
  const Fetched& got = client.results.at(2);
  ASSERT_TRUE(got.is_clip()) << got.detail();
  EXPECT_EQ(got.result.n_attempts, 2);
  ASSERT_EQ(client.pauses.size(), 1U);
  EXPECT_EQ(client.pauses[0].host, "127.0.0.1:" + std::to_string(server_.port()));
  EXPECT_EQ(client.pauses[0].reason, "HTTP status 429");
  EXPECT_GE(client.pauses[0].length, milliseconds(990));
  EXPECT_LE(client.pauses[0].length, milliseconds(1101)) << "a second, and 100 ms at most more";
}

TEST_F(FetcherHostsTest, LeavesAHostAloneForRetryAfter) {
  FetchConfig config = quick_config();
  config.host.max_connections = 1;
  server_.fail_first("/a", 1, 503, 1, clip_);
  server_.serve("/b", clip_);
  const auto begin = Clock::now();
  CollectingClient client(rows_of({server_.url("/a"), server_.url("/b"), other_url("/b")}));
  std::map<std::size_t, milliseconds> when;
  client.on_done = [&](const Fetched& got) {
    EXPECT_TRUE(got.is_clip()) << got.detail();
    when[got.result.request.row] = since(begin);
  };
  run(config, client);
  EXPECT_GE(when[2], seconds(1));
  EXPECT_GE(when[3], seconds(1)) << "another file of the host that asked for patience";
  EXPECT_LT(when[4], milliseconds(900)) << "other hosts go on";
}

TEST_F(FetcherHostsTest, LeavesAHostAloneThatAsksForALongerPauseThanAllowed) {
  FetchConfig config = quick_config();
  config.host.max_connections = 1;
  config.host.longest_pause = milliseconds(200);
  server_.fail_first("/a", 1, 429, 3600, clip_);
  server_.serve("/b", clip_);
  CollectingClient client(rows_of({server_.url("/a"), server_.url("/b"), other_url("/b")}));
  client.on_done = [&](const Fetched& got) { EXPECT_EQ(got.is_clip(), got.result.request.row == 4) << got.detail(); };
  const auto begin = Clock::now();
  run(config, client);
  EXPECT_LT(since(begin), milliseconds(900));
  const std::string host = "127.0.0.1:" + std::to_string(server_.port());
  const std::string words = host + " asks for a pause of 3600 s, which is longer than `longest_pause` allows (0.2 s); ";
  EXPECT_EQ(client.results[2].kind(), "host_down");
  EXPECT_EQ(client.results[2].detail(), words + "given up; the last failure: HTTP status 429");
  EXPECT_EQ(client.results[3].kind(), "host_down");
  EXPECT_EQ(client.results[3].detail(), words + "not requested");
  EXPECT_EQ(server_.requests(), 2);
}

TEST_F(FetcherHostsTest, BeingToldToWaitUsesUpNoAttempts) {
  FetchConfig config = quick_config();
  config.max_attempts = 1;
  server_.fail_first("/a", 10, 429, std::nullopt, clip_);
  const Fetched got = fetch(config, server_.url("/a"));
  ASSERT_TRUE(got.is_clip()) << got.detail();
  EXPECT_EQ(got.result.n_attempts, 11);
}

TEST_F(FetcherHostsTest, CallsAHostThatStaysBusyThrottled) {
  for (const int status : {429, 503}) {
    const std::string path = "/" + std::to_string(status);
    server_.always(path, status, "busy");
    const Fetched got = fetch(quick_config(), server_.url(path));
    EXPECT_EQ(got.kind(), "throttled");
    EXPECT_EQ(got.detail(), "HTTP status " + std::to_string(status));
    EXPECT_EQ(got.result.http_status, status);
    EXPECT_EQ(server_.requests(path), 11) << "ten waits";
  }
}

TEST_F(FetcherHostsTest, AQuotaMessageIsARequestToWait) {
  server_.answer("/a", [this](const Asked& asked) {
    return Reply{200, {}, asked.count > 2 ? clip_ : R"({"error":{"message":"Quota limit exceeded","code":4}})", {}};
  });
  const Fetched got = fetch(quick_config(), server_.url("/a"));
  ASSERT_TRUE(got.is_clip()) << got.detail();
  EXPECT_EQ(got.body, clip_);
  EXPECT_EQ(got.result.n_attempts, 3);
}

TEST_F(FetcherHostsTest, NeverAsksAHostForMoreAtOnceThanItMay) {
  for (int i = 0; i < 60; ++i) {
    server_.answer("/" + std::to_string(i),
                   [this](const Asked&) { return Reply{200, {}, clip_, {}, false, milliseconds(3)}; });
  }
  std::vector<std::string> urls;
  for (int i = 0; i < 60; ++i) urls.push_back(server_.url("/" + std::to_string(i)));
  FetchConfig config = quick_config();
  config.host.max_connections = 5;
  for (const auto& [row, got] : fetch_all(config, urls)) EXPECT_TRUE(got.is_clip()) << got.detail();
  EXPECT_LE(server_.most_at_once(), 5);
  EXPECT_GE(server_.most_at_once(), 3) << "and makes use of what it may";
}

TEST_F(FetcherHostsTest, KeepsToARate) {
  FetchConfig config = quick_config();
  config.host.max_requests = 5;
  config.host.window = milliseconds(100);
  server_.serve("/a", clip_);
  const auto begin = Clock::now();
  fetch_all(config, std::vector<std::string>(21, server_.url("/a")));
  EXPECT_GE(since(begin), milliseconds(400));
  EXPECT_LT(since(begin), milliseconds(800));
}

TEST_F(FetcherHostsTest, TriesMirrorsInOrder) {
  server_.always("/a", 404, "");
  server_.serve("/b", clip_);
  server_.serve("/c", "never asked");
  const Fetched got = fetch(quick_config(), row_with({server_.url("/a"), server_.url("/b"), server_.url("/c")}));
  ASSERT_TRUE(got.is_clip()) << got.detail();
  EXPECT_EQ(got.body, clip_);
  EXPECT_EQ(got.result.origin.url, server_.url("/b"));
  EXPECT_EQ(got.result.http_status, 200);
  EXPECT_EQ(got.result.n_attempts, 2);
  EXPECT_EQ(server_.requests("/c"), 0);
}

TEST_F(FetcherHostsTest, GivesARowUpOnceAllItsMirrorsHaveFailed) {
  server_.always("/a", 404, "");
  server_.always("/b", 500, "");
  server_.always("/c", 410, "");
  const Fetched got = fetch(quick_config(), row_with({server_.url("/a"), server_.url("/b"), server_.url("/c")}));
  EXPECT_EQ(got.kind(), "http_status");
  EXPECT_EQ(server_.requests("/a"), 1);
  EXPECT_EQ(server_.requests("/b"), 3) << "max_attempts is per URL";
  EXPECT_EQ(server_.requests("/c"), 1);
  EXPECT_EQ(got.result.n_attempts, 5);
  EXPECT_EQ(got.detail(), "HTTP status 500");
  EXPECT_EQ(got.result.origin.url, server_.url("/b")) << "the last that failed decides";
}

TEST_F(FetcherHostsTest, AsksTheMirrorAtOnceAndTheFirstAgainOnlyAfterIt) {
  FetchConfig config = quick_config();
  config.host.first_backoff = config.host.longest_backoff = seconds(20);
  server_.always("/a", 500, "");
  server_.serve("/b", clip_);
  const auto begin = Clock::now();
  const Fetched got = fetch(config, row_with({server_.url("/a"), server_.url("/b")}));
  EXPECT_EQ(got.body, clip_) << got.detail();
  EXPECT_LT(since(begin), seconds(1));
  EXPECT_EQ(server_.requests("/a"), 1);
}

TEST_F(FetcherHostsTest, MixesNoBytesOfMirrors) {
  server_.serve_ranges("/a", clip_, "\"same\"", {9000, 0, 0});
  server_.serve_ranges("/b", clip_ + "other", "\"same\"");
  const Fetched got = fetch(quick_config(), row_with({server_.url("/a"), server_.url("/b")}));
  EXPECT_EQ(got.body, clip_ + "other") << got.detail();
  EXPECT_EQ(server_.log("/b").at(0).header("range"), "");
}

TEST_F(FetcherHostsTest, ABusyHostsRowsGoToTheirMirror) {
  FetchConfig config = quick_config();
  server_.fail_first("/a", 1000, 429, 60, clip_);
  server_.serve("/b", clip_);
  const auto begin = Clock::now();
  const Fetched got = fetch(config, row_with({server_.url("/a"), other_url("/b")}));
  EXPECT_TRUE(got.is_clip()) << got.detail();
  EXPECT_LT(since(begin), seconds(1));
}

TEST_F(FetcherHostsTest, ARedirectIsARequestToTheHostItLeadsTo) {
  FetchConfig config = quick_config();
  server_.fail_first("/busy", 1, 429, 1, clip_);
  server_.answer("/a", [this](const Asked&) {
    return Reply{302, {{"Location", other_url("/b")}}, "", {}, false, milliseconds(200)};
  });
  server_.serve("/b", clip_);
  const auto begin = Clock::now();
  CollectingClient client(rows_of({other_url("/busy"), server_.url("/a")}));
  milliseconds when{0};
  client.on_done = [&](const Fetched& got) {
    EXPECT_TRUE(got.is_clip()) << got.detail();
    if (got.result.request.row == 3) when = since(begin);
  };
  run(config, client);
  EXPECT_GE(when, seconds(1)) << "that host had asked for silence";
  EXPECT_EQ(server_.requests("/a"), 1);
}

TEST_F(FetcherHostsTest, HeadersGoToTheRowsOwnHostOnly) {
  FetchConfig config = quick_config();
  config.headers = {"127.0.0.1:" + std::to_string(server_.port()) + "=Authorization: Bearer secret"};
  server_.redirect("/a", server_.url("/own"));
  server_.redirect("/own", other_url("/other"));
  server_.redirect("/other", server_.url("/back"));
  server_.serve("/back", clip_);
  EXPECT_EQ(fetch(config, server_.url("/a")).kind(), "a clip");
  EXPECT_EQ(server_.log("/a").at(0).header("authorization"), "Bearer secret");
  EXPECT_EQ(server_.log("/own").at(0).header("authorization"), "Bearer secret");
  EXPECT_EQ(server_.log("/other").at(0).header("authorization"), "");
  EXPECT_EQ(server_.log("/back").at(0).header("authorization"), "Bearer secret");
}

TEST_F(FetcherHostsTest, UserAndPasswordOfAUrlGoToItsHostOnly) {
  server_.redirect("/a", other_url("/other"));
  server_.serve("/other", clip_);
  const std::string url = "http://user:secret@127.0.0.1:" + std::to_string(server_.port()) + "/a";
  EXPECT_EQ(fetch(quick_config(), url).kind(), "a clip");
  EXPECT_NE(server_.log("/a").at(0).header("authorization"), "");
  EXPECT_EQ(server_.log("/other").at(0).header("authorization"), "");
}

TEST_F(FetcherHostsTest, GivesUpTheRowsOfAHostThatIsDown) {
  FetchConfig config = quick_config();
  config.max_attempts = 1;
  config.host.max_failures = 2;
  config.host.max_connections = 1;
  server_.serve("/a", clip_);
  std::vector<std::string> urls(50, std::string(kDeadHost) + "/a");
  urls.push_back(server_.url("/a"));
  CollectingClient client(rows_of(urls));
  run(config, client);
  ASSERT_EQ(client.results.size(), 51U);
  for (const auto& [row, got] : client.results) {
    if (row < 4) {
      EXPECT_EQ(got.kind(), "network") << row;
      EXPECT_EQ(got.result.n_attempts, 1) << row;
    } else if (row < 52) {
      EXPECT_EQ(got.kind(), "host_down") << row;
      EXPECT_EQ(got.result.n_attempts, 0) << row;
      EXPECT_EQ(got.detail(), "127.0.0.1:1 failed 2 times in a row; not requested");
      EXPECT_EQ(got.result.http_status, 0);
    } else {
      EXPECT_TRUE(got.is_clip()) << "other hosts go on";
    }
  }
}

TEST_F(FetcherHostsTest, RowsOfAHostThatIsDownGoToTheirMirror) {
  FetchConfig config = quick_config();
  config.max_attempts = 1;
  config.host.max_failures = 2;
  config.host.max_connections = 1;
  server_.serve("/a", clip_);
  std::vector<FetchRequest> rows;
  for (std::size_t i = 0; i < 20; ++i) {
    rows.push_back({i, "id" + std::to_string(i), {std::string(kDeadHost) + "/a", server_.url("/a")}, std::nullopt});
  }
  CollectingClient client(rows);
  run(config, client);
  ASSERT_EQ(client.results.size(), 20U);
  for (const auto& [row, got] : client.results) {
    EXPECT_TRUE(got.is_clip()) << row << ": " << got.detail();
    EXPECT_LE(got.result.n_attempts, 2);
  }
}

}  // namespace fetcher_hosts_test
}  // namespace hitscope::ingest
