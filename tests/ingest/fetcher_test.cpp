#include "ingest/fetcher.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <stdexcept>
#include <vector>

#include "tests/support/audio_fixtures.h"
#include "tests/support/clip_server.h"

namespace hitscope::ingest {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using tests::ClipServer;
using Clock = std::chrono::steady_clock;

class FetcherTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    // A proxy would be asked for 127.0.0.1 in our place.
    for (const char* name : {"http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"}) ::unsetenv(name);
  }

  static FetchConfig quick_config() {
    FetchConfig config;
    config.max_attempts = 3;
    config.first_backoff = milliseconds(1);
    config.longest_backoff = milliseconds(10);
    config.connect_timeout = seconds(5);
    config.total_timeout = seconds(30);
    config.allow_private_addresses = true;
    return config;
  }

  static Fetcher::Next requests_for(const std::vector<std::string>& urls) {
    return [urls, i = std::size_t{0}]() mutable -> std::optional<FetchRequest> {
      if (i == urls.size()) return std::nullopt;
      ++i;
      return FetchRequest{i + 1, "id" + std::to_string(i + 1), urls[i - 1]};
    };
  }

  /// Results by row; every row must come exactly once. The first URL is row 2.
  static std::map<std::size_t, FetchResult> fetch_all(const FetchConfig& config, const std::vector<std::string>& urls) {
    std::map<std::size_t, FetchResult> results;
    const std::atomic<bool> stop{false};
    Fetcher(config).run(
        requests_for(urls),
        [&](FetchResult&& result) {
          const std::size_t row = result.request.row;
          EXPECT_TRUE(results.emplace(row, std::move(result)).second) << "row " << row << " came twice";
        },
        stop);
    EXPECT_EQ(results.size(), urls.size());
    return results;
  }

  static FetchResult fetch(const FetchConfig& config, const std::string& url) {
    auto results = fetch_all(config, {url});
    return results.empty() ? FetchResult{} : std::move(results.begin()->second);
  }

  static std::string kind_of(const FetchResult& result) {
    return result.body ? "a clip" : std::string(to_string(result.body.error().kind));
  }
  static std::string detail_of(const FetchResult& result) { return result.body ? "" : result.body.error().detail; }

  static milliseconds since(Clock::time_point begin) {
    return std::chrono::duration_cast<milliseconds>(Clock::now() - begin);
  }

  const std::string clip_ = tests::string_of(tests::wav_int16({.n_frames = 5000}));
  ClipServer server_;
};

TEST_F(FetcherTest, BringsABodyByteForByte) {
  server_.serve("/a.wav", clip_);
  const FetchResult result = fetch(quick_config(), server_.url("/a.wav"));
  ASSERT_TRUE(result.body) << detail_of(result);
  EXPECT_EQ(*result.body, clip_);
  EXPECT_EQ(result.http_status, 200);
  EXPECT_EQ(result.n_attempts, 1);
  EXPECT_EQ(result.request.row, 2U);
  EXPECT_EQ(result.request.id, "id2");
  EXPECT_EQ(result.request.url, server_.url("/a.wav"));
  EXPECT_EQ(server_.requests("/a.wav"), 1);
}

TEST_F(FetcherTest, BringsFilesOfAFolder) {
  const auto folder = std::filesystem::path(testing::TempDir()) / ("hitscope_fetch_" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "b.wav", std::ios::binary) << clip_;
  server_.serve_file_folder(folder);
  auto results = fetch_all(quick_config(), {server_.url("/b.wav"), server_.url("/absent.wav")});
  std::filesystem::remove_all(folder);
  ASSERT_TRUE(results[2].body) << detail_of(results[2]);
  EXPECT_EQ(*results[2].body, clip_);
  EXPECT_EQ(results[3].http_status, 404);
}

TEST_F(FetcherTest, DoesNotRetryStatus404) {
  server_.always("/a", 404, "gone");
  const FetchResult result = fetch(quick_config(), server_.url("/a"));
  EXPECT_EQ(kind_of(result), "http_status");
  EXPECT_EQ(detail_of(result), "HTTP status 404");
  EXPECT_EQ(result.http_status, 404);
  EXPECT_EQ(result.n_attempts, 1);
  EXPECT_EQ(server_.requests("/a"), 1);
}

TEST_F(FetcherTest, RetriesStatus500UntilItPasses) {
  server_.fail_first("/a", 2, 500, std::nullopt, clip_);
  const FetchResult result = fetch(quick_config(), server_.url("/a"));
  ASSERT_TRUE(result.body) << detail_of(result);
  EXPECT_EQ(*result.body, clip_) << "bodies of failed attempts are not kept";
  EXPECT_EQ(result.http_status, 200);
  EXPECT_EQ(result.n_attempts, 3);
  EXPECT_EQ(server_.requests("/a"), 3);
}

TEST_F(FetcherTest, GivesUpAfterMaxAttempts) {
  server_.always("/a", 500, "sorry");
  const FetchResult result = fetch(quick_config(), server_.url("/a"));
  EXPECT_EQ(kind_of(result), "http_status");
  EXPECT_EQ(detail_of(result), "HTTP status 500");
  EXPECT_EQ(result.n_attempts, 3);
  EXPECT_EQ(server_.requests("/a"), 3);
}

TEST_F(FetcherTest, WaitsAsLongAsRetryAfterAsks) {
  FetchConfig config = quick_config();
  config.longest_backoff = seconds(5);
  server_.fail_first("/a", 1, 429, 1, clip_);
  const auto begin = Clock::now();
  const FetchResult result = fetch(config, server_.url("/a"));
  EXPECT_GE(since(begin), seconds(1));
  EXPECT_LT(since(begin), seconds(4));
  ASSERT_TRUE(result.body) << detail_of(result);
  EXPECT_EQ(result.n_attempts, 2);
}

TEST_F(FetcherTest, LeavesAHostAloneForRetryAfter) {
  FetchConfig config = quick_config();
  config.longest_backoff = seconds(5);
  config.max_connections = 1;
  server_.fail_first("/a", 1, 503, 1, clip_);
  server_.serve("/b", clip_);
  const auto begin = Clock::now();
  std::map<std::string, milliseconds> when;
  const std::atomic<bool> stop{false};
  Fetcher(config).run(
      requests_for({server_.url("/a"), server_.url("/b")}),
      [&](FetchResult&& result) {
        EXPECT_TRUE(result.body) << detail_of(result);
        when[result.request.id] = since(begin);
      },
      stop);
  EXPECT_GE(when["id2"], seconds(1));
  EXPECT_GE(when["id3"], seconds(1)) << "another file of the host that asked for patience";
}

TEST_F(FetcherTest, LongestBackoffBoundsRetryAfterToo) {
  FetchConfig config = quick_config();
  config.longest_backoff = milliseconds(200);
  server_.fail_first("/a", 1, 429, 3600, clip_);
  const auto begin = Clock::now();
  const FetchResult result = fetch(config, server_.url("/a"));
  ASSERT_TRUE(result.body) << detail_of(result);
  EXPECT_LT(since(begin), milliseconds(900)) << "longest_backoff of 200 ms is the ceiling of every wait";
}

TEST_F(FetcherTest, CallsAHostThatStaysBusyThrottled) {
  server_.always("/a", 429, "busy");
  const FetchResult result = fetch(quick_config(), server_.url("/a"));
  EXPECT_EQ(kind_of(result), "throttled");
  EXPECT_EQ(detail_of(result), "HTTP status 429");
  EXPECT_EQ(server_.requests("/a"), 3);
}

TEST_F(FetcherTest, RefusesAPageOfStatus200) {
  server_.always("/a.mp3", 200, "<html>Not here</html>");
  const FetchResult result = fetch(quick_config(), server_.url("/a.mp3"));
  EXPECT_EQ(kind_of(result), "not_audio");
  EXPECT_NE(detail_of(result).find("<html>Not here</html>"), std::string::npos) << detail_of(result);
  EXPECT_EQ(result.http_status, 200);
  EXPECT_EQ(server_.requests("/a.mp3"), 1);
}

TEST_F(FetcherTest, RetriesAnEmptyBody) {
  server_.serve("/a", "");
  const FetchResult result = fetch(quick_config(), server_.url("/a"));
  EXPECT_EQ(kind_of(result), "empty");
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
  for (auto& [row, result] : fetch_all(config, urls)) {
    EXPECT_EQ(kind_of(result), "forbidden_address") << result.request.url << ": " << detail_of(result);
    EXPECT_NE(detail_of(result).find("--allow-private-addresses"), std::string::npos) << detail_of(result);
    EXPECT_EQ(result.n_attempts, 1) << result.request.url;
    EXPECT_EQ(result.http_status, 0);
  }
  EXPECT_EQ(server_.requests(), 0) << "nothing may reach the server";
}

TEST_F(FetcherTest, FollowsRedirects) {
  server_.redirect("/a", "/b");
  server_.redirect("/b", server_.url("/c"));
  server_.serve("/c", clip_);
  const FetchResult result = fetch(quick_config(), server_.url("/a"));
  ASSERT_TRUE(result.body) << detail_of(result);
  EXPECT_EQ(*result.body, clip_);
  EXPECT_EQ(result.http_status, 200);
  EXPECT_EQ(result.n_attempts, 1);
  EXPECT_EQ(server_.requests(), 3);
}

TEST_F(FetcherTest, LeavesARedirectLoop) {
  server_.redirect("/a", "/b");
  server_.redirect("/b", "/a");
  const FetchResult result = fetch(quick_config(), server_.url("/a"));
  EXPECT_EQ(kind_of(result), "network");
  EXPECT_NE(detail_of(result).find("redirects"), std::string::npos) << detail_of(result);
  EXPECT_EQ(result.n_attempts, 1) << "a loop is not retried";
  EXPECT_LE(server_.requests(), 6);
}

TEST_F(FetcherTest, RefusesRedirectsToOtherSchemes) {
  for (const std::string target : {"file:///etc/passwd", "ftp://127.0.0.1/a", "gopher://127.0.0.1/a"}) {
    server_.redirect("/a", target);
    const FetchResult result = fetch(quick_config(), server_.url("/a"));
    EXPECT_EQ(kind_of(result), "bad_url") << target;
    EXPECT_FALSE(detail_of(result).empty());
    EXPECT_EQ(result.n_attempts, 1);
  }
}

TEST_F(FetcherTest, RefusesOtherSchemes) {
  const auto path = std::filesystem::path(testing::TempDir()) / ("hitscope_" + std::to_string(::getpid()) + ".wav");
  std::ofstream(path, std::ios::binary) << clip_;
  const FetchResult result = fetch(quick_config(), "file://" + path.string());
  std::filesystem::remove(path);
  EXPECT_EQ(kind_of(result), "bad_url");
  EXPECT_EQ(result.n_attempts, 1);
}

TEST_F(FetcherTest, StopsAtTheSizeLimit) {
  FetchConfig config = quick_config();
  server_.serve("/a", clip_);
  config.max_bytes = clip_.size();
  EXPECT_EQ(kind_of(fetch(config, server_.url("/a"))), "a clip") << "the limit itself is allowed";
  config.max_bytes = clip_.size() - 1;
  const FetchResult result = fetch(config, server_.url("/a"));
  EXPECT_EQ(kind_of(result), "too_large");
  EXPECT_NE(detail_of(result).find("--max-megabytes"), std::string::npos) << detail_of(result);
  EXPECT_EQ(result.n_attempts, 1);
}

TEST_F(FetcherTest, StopsAtTheSizeLimitWhereTheLengthIsNotAnnounced) {
  FetchConfig config = quick_config();
  config.max_bytes = 20'000;
  server_.serve_chunked("/a", clip_, 50);
  const FetchResult result = fetch(config, server_.url("/a"));
  EXPECT_EQ(kind_of(result), "too_large");
  config.max_bytes = 50 * clip_.size();
  EXPECT_EQ(kind_of(fetch(config, server_.url("/a"))), "a clip");
}

TEST_F(FetcherTest, RetriesABodyThatIsCutShortAndFailsIfItStaysSo) {
  server_.cut_short("/a", clip_);
  const FetchResult result = fetch(quick_config(), server_.url("/a"));
  EXPECT_EQ(kind_of(result), "network");
  EXPECT_FALSE(detail_of(result).empty());
  EXPECT_EQ(result.n_attempts, 3);
  EXPECT_EQ(server_.requests("/a"), 3);
}

TEST_F(FetcherTest, KeepsNothingOfABodyThatWasCutShort) {
  server_.cut_short("/a", clip_, 2);
  const FetchResult result = fetch(quick_config(), server_.url("/a"));
  ASSERT_TRUE(result.body) << detail_of(result);
  EXPECT_EQ(*result.body, clip_);
  EXPECT_EQ(result.n_attempts, 3);
}

TEST_F(FetcherTest, EndsATransferThatStalls) {
  FetchConfig config = quick_config();
  config.max_attempts = 1;
  config.stall_timeout = seconds(1);
  server_.stall("/a", clip_);
  const auto begin = Clock::now();
  const FetchResult result = fetch(config, server_.url("/a"));
  EXPECT_EQ(kind_of(result), "timeout");
  EXPECT_FALSE(detail_of(result).empty());
  EXPECT_GE(since(begin), milliseconds(900));
  EXPECT_LT(since(begin), seconds(12)) << "libcurl's mean over some seconds may add to the second";
}

TEST_F(FetcherTest, EndsAndRetriesATransferThatTakesTooLong) {
  FetchConfig config = quick_config();
  config.max_attempts = 2;
  config.total_timeout = milliseconds(300);
  server_.stall("/a", clip_);
  const auto begin = Clock::now();
  const FetchResult result = fetch(config, server_.url("/a"));
  EXPECT_EQ(kind_of(result), "timeout");
  EXPECT_EQ(result.n_attempts, 2);
  EXPECT_EQ(server_.requests("/a"), 2);
  EXPECT_GE(since(begin), milliseconds(600));
  EXPECT_LT(since(begin), seconds(5));
}

TEST_F(FetcherTest, OneStalledTransferDoesNotHoldUpTheOthers) {
  FetchConfig config = quick_config();
  config.max_attempts = 1;
  config.max_connections = 2;
  config.total_timeout = seconds(1);
  server_.stall("/slow", clip_);
  std::vector<std::string> urls{server_.url("/slow")};
  for (int i = 0; i < 20; ++i) {
    server_.serve("/" + std::to_string(i), clip_);
    urls.push_back(server_.url("/" + std::to_string(i)));
  }
  std::vector<std::size_t> order;
  const std::atomic<bool> stop{false};
  Fetcher(config).run(
      requests_for(urls), [&](FetchResult&& result) { order.push_back(result.request.row); }, stop);
  ASSERT_EQ(order.size(), 21U);
  EXPECT_EQ(order.back(), 2U) << "results come in order of completion";
}

TEST_F(FetcherTest, RetriesAHostThatRefusesConnections) {
  const FetchResult result = fetch(quick_config(), "http://127.0.0.1:1/a.mp3");
  EXPECT_EQ(kind_of(result), "network");
  EXPECT_EQ(result.http_status, 0);
  EXPECT_EQ(result.n_attempts, 3);
}

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
  auto results = fetch_all(quick_config(), urls);
  ASSERT_EQ(results.size(), 50U);
  for (int i = 0; i < 50; ++i) {
    const std::string path = "/" + std::to_string(i);
    const FetchResult& result = results.at(static_cast<std::size_t>(i) + 2);
    EXPECT_EQ(result.request.url, server_.url(path));
    if (i % 5 == 1) {
      EXPECT_EQ(result.http_status, 404) << path;
    } else {
      ASSERT_TRUE(result.body) << path << ": " << detail_of(result);
      EXPECT_EQ(*result.body, clip_ + path);
    }
    EXPECT_EQ(server_.requests(path), i % 5 == 2 || i % 5 == 3 ? 2 : 1) << path;
  }
}

TEST_F(FetcherTest, PullsNoMoreThanItHasRoomFor) {
  FetchConfig config = quick_config();
  config.max_connections = 3;
  server_.serve("/a", clip_);
  int n_pulled = 0;
  int n_done = 0;
  int most = 0;
  const std::atomic<bool> stop{false};
  Fetcher(config).run(
      [&]() -> std::optional<FetchRequest> {
        if (n_pulled == 30) return std::nullopt;
        most = std::max(most, ++n_pulled - n_done);
        return FetchRequest{static_cast<std::size_t>(n_pulled), "x", server_.url("/a")};
      },
      [&](FetchResult&&) { ++n_done; }, stop);
  EXPECT_EQ(n_done, 30);
  EXPECT_EQ(most, 3) << "all connections are used, and no more";
}

TEST_F(FetcherTest, EndsEarlyOnceStopped) {
  FetchConfig config = quick_config();
  config.max_connections = 2;
  server_.serve("/a", clip_);
  std::atomic<bool> stop{false};
  int n_done = 0;
  Fetcher(config).run(
      requests_for(std::vector<std::string>(200, server_.url("/a"))),
      [&](FetchResult&& result) {
        EXPECT_TRUE(result.body) << "what is under way may end: " << detail_of(result);
        if (++n_done == 3) stop = true;
      },
      stop);
  EXPECT_GE(n_done, 3);
  EXPECT_LE(n_done, 5) << "no transfer starts after the stop";
}

TEST_F(FetcherTest, DropsWhatWaitsForARetryOnceStopped) {
  FetchConfig config = quick_config();
  config.first_backoff = seconds(20);
  config.longest_backoff = seconds(60);
  server_.always("/busy", 429, "");
  server_.fail_first("/waits", 1000, 503, 60, clip_);
  server_.serve("/b", clip_);
  std::atomic<bool> stop{false};
  std::vector<std::size_t> rows;
  const auto begin = Clock::now();
  // The third row is asked of another name of the same server, which no pause holds up.
  const std::string other = "http://localhost:" + std::to_string(server_.port()) + "/b";
  Fetcher(config).run(
      requests_for({server_.url("/waits"), other}),
      [&](FetchResult&& result) {
        rows.push_back(result.request.row);
        stop = true;
      },
      stop);
  EXPECT_EQ(rows, std::vector<std::size_t>{3});
  EXPECT_LT(since(begin), seconds(5));
}

TEST_F(FetcherTest, StartsNothingWhereItIsStoppedFromTheBeginning) {
  server_.serve("/a", clip_);
  const std::atomic<bool> stop{true};
  int n_done = 0;
  Fetcher(quick_config())
      .run(
          requests_for({server_.url("/a")}), [&](FetchResult&&) { ++n_done; }, stop);
  EXPECT_EQ(n_done, 0);
  EXPECT_EQ(server_.requests(), 0);
}

TEST_F(FetcherTest, EndsAtOnceWithoutRequests) {
  EXPECT_TRUE(fetch_all(quick_config(), {}).empty());
}

TEST_F(FetcherTest, PassesExceptionsOfTheCallbacksThrough) {
  server_.serve("/a", clip_);
  const std::atomic<bool> stop{false};
  Fetcher fetcher(quick_config());
  EXPECT_THROW(
      fetcher.run(
          requests_for({server_.url("/a")}), [](FetchResult&&) { throw std::domain_error("disk full"); }, stop),
      std::domain_error);
  EXPECT_THROW(
      Fetcher(quick_config())
          .run([]() -> std::optional<FetchRequest> { throw std::out_of_range("row"); }, [](FetchResult&&) {}, stop),
      std::out_of_range);
}

TEST_F(FetcherTest, CanRunASecondTime) {
  server_.serve("/a", clip_);
  const std::atomic<bool> stop{false};
  Fetcher fetcher(quick_config());
  int n_done = 0;
  for (int round = 1; round <= 2; ++round) {
    fetcher.run(
        requests_for({server_.url("/a")}), [&](FetchResult&&) { ++n_done; }, stop);
    EXPECT_EQ(n_done, round);
  }
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
  EXPECT_EQ(message([](FetchConfig& c) { c.max_connections = 0; }), "connections is 0; it must be 1 to 256");
  EXPECT_EQ(message([](FetchConfig& c) { c.max_connections = 257; }), "connections is 257; it must be 1 to 256");
  EXPECT_EQ(message([](FetchConfig& c) { c.max_attempts = 0; }), "max-attempts is 0; it must be at least 1");
  EXPECT_EQ(message([](FetchConfig& c) { c.first_backoff = milliseconds(0); }),
            "first back-off (ms) is 0; it must be at least 1");
  EXPECT_EQ(message([](FetchConfig& c) { c.longest_backoff = milliseconds(499); }),
            "longest back-off (ms) is 499; it must be at least the first");
  EXPECT_EQ(message([](FetchConfig& c) { c.max_bytes = 0; }), "max-bytes is 0; it must be at least 1");
  EXPECT_EQ(message([](FetchConfig&) {}), "nothing was thrown");
}

TEST(FetchConfigTest, RefusesNegativeTimeouts) {
  for (auto field : {&FetchConfig::connect_timeout, &FetchConfig::stall_timeout, &FetchConfig::total_timeout}) {
    FetchConfig config;
    config.*field = milliseconds(-5);
    try {
      config.validate();
      ADD_FAILURE() << "a timeout of -5 ms is accepted";
    } catch (const std::invalid_argument& error) {
      EXPECT_NE(std::string(error.what()).find("-5"), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace hitscope::ingest
