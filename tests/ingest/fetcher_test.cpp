#include "ingest/fetcher.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>

#include "tests/ingest/fetcher_fixture.h"

namespace hitscope::ingest {
namespace fetcher_test {

using std::chrono::milliseconds;
using FetcherTest = FetcherFixture;

TEST_F(FetcherTest, BringsABodyByteForByte) {
  server_.serve("/a.wav", clip_);
  const Fetched got = fetch(quick_config(), server_.url("/a.wav"));
  ASSERT_TRUE(got.is_clip()) << got.detail();
  EXPECT_EQ(got.body, clip_);
  EXPECT_EQ(got.result.http_status, 200);
  EXPECT_EQ(got.result.n_attempts, 1);
  EXPECT_EQ(got.result.request.row, 2U);
  EXPECT_EQ(got.result.request.id, "id2");
  EXPECT_EQ(got.result.request.urls.front(), server_.url("/a.wav"));
  EXPECT_EQ(server_.requests("/a.wav"), 1);
}

TEST_F(FetcherTest, BringsFilesOfAFolder) {
  const auto folder = std::filesystem::path(testing::TempDir()) / ("hitscope_fetch_" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "b.wav", std::ios::binary) << clip_;
  server_.serve_file_folder(folder);
  auto results = fetch_all(quick_config(), {server_.url("/b.wav"), server_.url("/absent.wav")});
  std::filesystem::remove_all(folder);
  ASSERT_TRUE(results[2].is_clip()) << results[2].detail();
  EXPECT_EQ(results[2].body, clip_);
  EXPECT_EQ(results[3].result.http_status, 404);
}

TEST_F(FetcherTest, DoesNotRetryStatus404) {
  server_.always("/a", 404, "gone");
  const Fetched got = fetch(quick_config(), server_.url("/a"));
  EXPECT_EQ(got.kind(), "http_status");
  EXPECT_EQ(got.detail(), "HTTP status 404");
  EXPECT_EQ(got.result.http_status, 404);
  EXPECT_EQ(got.result.n_attempts, 1);
  EXPECT_EQ(server_.requests("/a"), 1);
}

TEST_F(FetcherTest, RetriesStatus500UntilItPasses) {
  server_.fail_first("/a", 2, 500, std::nullopt, clip_);
  const Fetched got = fetch(quick_config(), server_.url("/a"));
  ASSERT_TRUE(got.is_clip()) << got.detail();
  EXPECT_EQ(got.body, clip_) << "bodies of failed attempts are not kept";
  EXPECT_EQ(got.result.http_status, 200);
  EXPECT_EQ(got.result.n_attempts, 3);
  EXPECT_EQ(server_.requests("/a"), 3);
}

TEST_F(FetcherTest, GivesUpAfterMaxAttempts) {
  server_.always("/a", 500, "sorry");
  const Fetched got = fetch(quick_config(), server_.url("/a"));
  EXPECT_EQ(got.kind(), "http_status");
  EXPECT_EQ(got.detail(), "HTTP status 500");
  EXPECT_EQ(got.result.n_attempts, 3);
  EXPECT_EQ(server_.requests("/a"), 3);
}

TEST_F(FetcherTest, RefusesAPageOfStatus200) {
  server_.always("/a.mp3", 200, "<html>Not here</html>");
  const Fetched got = fetch(quick_config(), server_.url("/a.mp3"));
  EXPECT_EQ(got.kind(), "error_body");
  EXPECT_NE(got.detail().find("<html>Not here</html>"), std::string::npos) << got.detail();
  EXPECT_EQ(got.result.http_status, 200);
  EXPECT_EQ(server_.requests("/a.mp3"), 1);
}

TEST_F(FetcherTest, RetriesAnEmptyBody) {
  server_.serve("/a", "");
  const Fetched got = fetch(quick_config(), server_.url("/a"));
  EXPECT_EQ(got.kind(), "empty");
  EXPECT_EQ(server_.requests("/a"), 3);
}

TEST_F(FetcherTest, RefusesPrivateAddressesHoweverTheyAreSpelled) {
  FetchConfig config = quick_config();
  config.allow_private_addresses = false;
  server_.serve("/a", clip_);
  const std::string port_and_path = ":" + std::to_string(server_.port()) + "/a";
  std::vector<std::string> urls;
  for (const std::string host : {"127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0.0.0.0", "[::1]",
                                 "[::ffff:127.0.0.1]", "user:password@127.0.0.1"}) {
    urls.push_back("http://" + host + port_and_path);
  }
  for (auto& [row, got] : fetch_all(config, urls)) {
    EXPECT_EQ(got.kind(), "forbidden_address") << got.result.request.urls.front() << ": " << got.detail();
    EXPECT_NE(got.detail().find("private or loopback"), std::string::npos) << got.detail();
    EXPECT_EQ(got.result.n_attempts, 1) << got.result.request.urls.front();
    EXPECT_EQ(got.result.http_status, 0);
  }
  EXPECT_EQ(server_.requests(), 0) << "nothing may reach the server";
}

TEST_F(FetcherTest, FollowsRedirects) {
  server_.redirect("/a", "/b");
  server_.redirect("/b", server_.url("/c"));
  server_.serve("/c", clip_);
  const Fetched got = fetch(quick_config(), server_.url("/a"));
  ASSERT_TRUE(got.is_clip()) << got.detail();
  EXPECT_EQ(got.body, clip_);
  EXPECT_EQ(got.result.http_status, 200);
  EXPECT_EQ(got.result.n_attempts, 1);
  EXPECT_EQ(server_.requests(), 3);
}

TEST_F(FetcherTest, LeavesARedirectLoop) {
  server_.redirect("/a", "/b");
  server_.redirect("/b", "/a");
  const Fetched got = fetch(quick_config(), server_.url("/a"));
  EXPECT_EQ(got.kind(), "bad_redirect");
  EXPECT_NE(got.detail().find("redirects"), std::string::npos) << got.detail();
  EXPECT_EQ(got.result.n_attempts, 1) << "a loop is not retried";
  EXPECT_EQ(server_.requests(), 6) << "the first and five more";
}

TEST_F(FetcherTest, RefusesRedirectsToOtherSchemes) {
  for (const std::string target : {"file:///etc/passwd", "ftp://127.0.0.1/a", "gopher://127.0.0.1/a"}) {
    server_.redirect("/a", target);
    const Fetched got = fetch(quick_config(), server_.url("/a"));
    EXPECT_EQ(got.kind(), "bad_redirect") << target;
    EXPECT_NE(got.detail().find(target), std::string::npos) << got.detail();
    EXPECT_EQ(got.result.n_attempts, 1);
  }
}

TEST_F(FetcherTest, RefusesUrlsThatAreNotOfTheWeb) {
  const auto path = std::filesystem::path(testing::TempDir()) / ("hitscope_" + std::to_string(::getpid()) + ".wav");
  std::ofstream(path, std::ios::binary) << clip_;
  for (const std::string& url : {"file://" + path.string(), std::string("ftp://127.0.0.1/a"), std::string("a.mp3"),
                                 std::string("http://"), std::string("data:audio/wav,RIFF"), std::string()}) {
    const Fetched got = fetch(quick_config(), url);
    EXPECT_EQ(got.kind(), "bad_url") << url << ": " << got.detail();
    EXPECT_EQ(got.result.n_attempts, 1);
    EXPECT_EQ(got.result.body.error().action, Action::kSkip);
    EXPECT_FALSE(got.detail().empty());
  }
  std::filesystem::remove(path);
}

TEST_F(FetcherTest, StopsAtTheSizeLimit) {
  FetchConfig config = quick_config();
  server_.serve("/a", clip_);
  config.max_megabytes = static_cast<double>(clip_.size()) / 1e6;
  EXPECT_EQ(fetch(config, server_.url("/a")).kind(), "a clip") << "the limit itself is allowed";
  config.max_megabytes = static_cast<double>(clip_.size() - 1) / 1e6;
  const Fetched got = fetch(config, server_.url("/a"));
  EXPECT_EQ(got.kind(), "too_large");
  EXPECT_NE(got.detail().find("larger than the limit"), std::string::npos) << got.detail();
  EXPECT_EQ(got.result.n_attempts, 1);
}

TEST_F(FetcherTest, StopsAtTheSizeLimitWhereTheLengthIsNotAnnounced) {
  FetchConfig config = quick_config();
  config.max_megabytes = 0.02;
  server_.serve_chunked("/a", clip_, 50);
  const Fetched got = fetch(config, server_.url("/a"));
  EXPECT_EQ(got.kind(), "too_large");
  config.max_megabytes = 50.0 * static_cast<double>(clip_.size()) / 1e6;
  EXPECT_EQ(fetch(config, server_.url("/a")).kind(), "a clip");
}

TEST_F(FetcherTest, RetriesAHostThatRefusesConnections) {
  const Fetched got = fetch(quick_config(), "http://127.0.0.1:1/a.mp3");
  EXPECT_EQ(got.kind(), "network");
  EXPECT_EQ(got.result.http_status, 0);
  EXPECT_EQ(got.result.n_attempts, 3);
}

TEST_F(FetcherTest, SendsItsHeadersAndItsName) {
  FetchConfig config = quick_config();
  config.user_agent = "hitscope/test";
  const std::string port = ":" + std::to_string(server_.port());
  config.headers = {"127.0.0.1" + port + "=Authorization: Bearer secret", "127.0.0.1=X-One: 1", "other.host=X-Two: 2"};
  server_.serve("/a", clip_);
  EXPECT_EQ(fetch(config, server_.url("/a")).kind(), "a clip");
  const auto log = server_.log("/a");
  ASSERT_EQ(log.size(), 1U);
  EXPECT_EQ(log[0].header("user-agent"), "hitscope/test");
  EXPECT_EQ(log[0].header("authorization"), "Bearer secret");
  EXPECT_EQ(log[0].header("x-one"), "1");
  EXPECT_EQ(log[0].header("x-two"), "") << "it is for another host";
  EXPECT_EQ(log[0].header("range"), "");
}

TEST_F(FetcherTest, ObeysAnOptOutUnlessItIsToldNotTo) {
  server_.answer("/a", [this](const tests::Asked&) {
    return tests::Reply{200, {{"X-Robots-Tag", "noai"}}, clip_, {}};
  });
  FetchConfig config = quick_config();
  Fetched got = fetch(config, server_.url("/a"));
  EXPECT_EQ(got.kind(), "opted_out");
  EXPECT_EQ(got.result.http_status, 200);
  EXPECT_EQ(got.result.n_attempts, 1);
  config.obey_robots_tag = false;
  EXPECT_EQ(fetch(config, server_.url("/a")).kind(), "a clip");
}

TEST(FetchConfigTest, NamesFieldValueAndRule) {
  const auto message = [](const std::function<void(FetchConfig&)>& spoil) -> std::string {
    FetchConfig config;
    spoil(config);
    try {
      const Fetcher fetcher(config);
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "nothing was thrown";
  };
  EXPECT_EQ(message([](FetchConfig& c) { c.host.max_connections = 0; }),
            "max_connections is 0; it must be from 1 to 256");
  EXPECT_EQ(message([](FetchConfig& c) { c.max_total_connections = 1025; }),
            "max_total_connections is 1025; it must be from 1 to 1024");
  EXPECT_EQ(message([](FetchConfig& c) { c.max_attempts = 0; }), "max_attempts is 0; it must be at least 1");
  EXPECT_EQ(message([](FetchConfig& c) { c.max_megabytes = 0; }),
            "max_megabytes is 0; it must be greater than 0 and at most 4096");
  EXPECT_EQ(message([](FetchConfig& c) { c.max_redirects = -1; }), "max_redirects is -1; it must be from 0 to 50");
  EXPECT_EQ(message([](FetchConfig&) {}), "nothing was thrown");
}

TEST(FetchConfigTest, RefusesNegativeTimes) {
  for (auto field :
       {&FetchConfig::connect_timeout, &FetchConfig::stall_timeout, &FetchConfig::total_timeout, &FetchConfig::grace}) {
    FetchConfig config;
    config.*field = milliseconds(-5);
    try {
      config.validate();
      ADD_FAILURE() << "a time of -5 ms is accepted";
    } catch (const std::invalid_argument& error) {
      EXPECT_NE(std::string(error.what()).find("-0.005"), std::string::npos) << error.what();
    }
  }
}

}  // namespace fetcher_test
}  // namespace hitscope::ingest
