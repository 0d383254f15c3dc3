// What breaks on the way, and what ends a run.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <stdexcept>
#include <thread>

#include "tests/ingest/fetcher_fixture.h"

namespace hitscope::ingest {
namespace fetcher_faults_test {

using std::chrono::milliseconds;
using std::chrono::seconds;
using tests::Asked;
using tests::Reply;
using FetcherFaultsTest = FetcherFixture;

TEST_F(FetcherFaultsTest, RetriesABodyThatIsCutShortAndFailsIfItStaysSo) {
  server_.cut_short("/a", clip_);
  const Fetched got = fetch(quick_config(), server_.url("/a"));
  EXPECT_EQ(got.kind(), "truncated");
  EXPECT_FALSE(got.detail().empty());
  EXPECT_EQ(got.result.n_attempts, 3);
  EXPECT_EQ(server_.requests("/a"), 3);
}

TEST_F(FetcherFaultsTest, KeepsNothingOfABodyThatWasCutShortAndHadNoETag) {
  server_.cut_short("/a", clip_, 2);
  const Fetched got = fetch(quick_config(), server_.url("/a"));
  ASSERT_TRUE(got.is_clip()) << got.detail();
  EXPECT_EQ(got.body, clip_);
  EXPECT_EQ(got.result.n_attempts, 3);
}

TEST_F(FetcherFaultsTest, EndsATransferThatStalls) {
  FetchConfig config = quick_config();
  config.max_attempts = 1;
  config.stall_timeout = milliseconds(400);
  config.min_bytes_per_second = 1U << 20U;
  server_.stall("/a", clip_);
  const auto begin = Clock::now();
  const Fetched got = fetch(config, server_.url("/a"));
  EXPECT_EQ(got.kind(), "timeout");
  EXPECT_NE(got.detail().find(std::to_string(clip_.size()) + " bytes were received"), std::string::npos)
      << got.detail();
  EXPECT_GE(since(begin), milliseconds(400));
  EXPECT_LT(since(begin), milliseconds(700));
}

TEST_F(FetcherFaultsTest, EndsATransferThatBecomesTooSlow) {
  FetchConfig config = quick_config();
  config.max_attempts = 1;
  config.stall_timeout = milliseconds(300);
  config.min_bytes_per_second =
      1000;  // the first half would be enough for ten seconds; what counts are the last 300 ms
  server_.stall("/a", clip_);
  const auto begin = Clock::now();
  EXPECT_EQ(fetch(config, server_.url("/a")).kind(), "timeout");
  EXPECT_GE(since(begin), milliseconds(300));
  EXPECT_LT(since(begin), milliseconds(700));
}

TEST_F(FetcherFaultsTest, EndsATransferWhoseAnswerDoesNotCome) {
  FetchConfig config = quick_config();
  config.max_attempts = 1;
  config.stall_timeout = milliseconds(200);
  server_.answer("/a", [this](const Asked&) { return Reply{200, {}, clip_, {}, false, milliseconds(700)}; });
  const auto begin = Clock::now();
  EXPECT_EQ(fetch(config, server_.url("/a")).kind(), "timeout");
  EXPECT_LT(since(begin), milliseconds(500));
}

TEST_F(FetcherFaultsTest, EndsAndRetriesATransferThatTakesTooLong) {
  FetchConfig config = quick_config();
  config.max_attempts = 2;
  config.total_timeout = milliseconds(300);
  server_.stall("/a", clip_);
  const auto begin = Clock::now();
  const Fetched got = fetch(config, server_.url("/a"));
  EXPECT_EQ(got.kind(), "timeout");
  EXPECT_EQ(got.result.n_attempts, 2);
  EXPECT_EQ(server_.requests("/a"), 2);
  EXPECT_GE(since(begin), milliseconds(600));
  EXPECT_LT(since(begin), seconds(2));
}

TEST_F(FetcherFaultsTest, OneStalledTransferDoesNotHoldUpTheOthers) {
  FetchConfig config = quick_config();
  config.max_attempts = 1;
  config.max_total_connections = 2;
  config.total_timeout = seconds(1);
  server_.stall("/slow", clip_);
  std::vector<std::string> urls{server_.url("/slow")};
  for (int i = 0; i < 20; ++i) {
    server_.serve("/" + std::to_string(i), clip_);
    urls.push_back(server_.url("/" + std::to_string(i)));
  }
  CollectingClient client(rows_of(urls));
  run(config, client);
  ASSERT_EQ(client.order.size(), 21U);
  EXPECT_EQ(client.order.back(), 2U) << "results come in order of completion";
}

TEST_F(FetcherFaultsTest, StopsAtHeadersWithoutEnd) {
  FetchConfig config = quick_config();
  config.max_attempts = 2;
  server_.answer("/a", [this](const Asked&) {
    Reply reply{200, {}, clip_, {}};
    for (int i = 0; i < 20; ++i) reply.headers.emplace_back("X-" + std::to_string(i), std::string(5000, 'x'));
    return reply;
  });
  const Fetched got = fetch(config, server_.url("/a"));
  EXPECT_EQ(got.kind(), "network");
  EXPECT_NE(got.detail().find("headers"), std::string::npos) << got.detail();
  EXPECT_EQ(got.result.n_attempts, 2);
}

TEST_F(FetcherFaultsTest, DoesNotReadAnEndlessErrorPage) {
  server_.answer("/a", [](const Asked&) { return Reply{404, {}, std::string(5'000'000, 'x'), {}}; });
  const Fetched got = fetch(quick_config(), server_.url("/a"));
  EXPECT_EQ(got.kind(), "http_status");
  EXPECT_EQ(got.result.http_status, 404);
  EXPECT_EQ(got.result.n_attempts, 1);
}

TEST_F(FetcherFaultsTest, EndsEarlyOnceStopped) {
  FetchConfig config = quick_config();
  config.max_total_connections = 2;
  server_.serve("/a", clip_);
  std::atomic<bool> stop{false};
  CollectingClient client(rows_of(std::vector<std::string>(200, server_.url("/a"))));
  client.on_done = [&](const Fetched& got) {
    EXPECT_TRUE(got.is_clip()) << "what is under way may end: " << got.detail();
    if (client.order.size() == 3) stop = true;
  };
  EXPECT_FALSE(Fetcher(config).run(client, stop));
  EXPECT_GE(client.order.size(), 3U);
  EXPECT_LE(client.order.size(), 5U) << "no transfer starts after the stop";
}

TEST_F(FetcherFaultsTest, DropsWhatWaitsForARetryOnceStopped) {
  server_.fail_first("/waits", 1000, 503, 60, clip_);
  server_.serve("/b", clip_);
  std::atomic<bool> stop{false};
  CollectingClient client(rows_of({server_.url("/waits"), other_url("/b")}));
  client.on_done = [&](const Fetched&) { stop = true; };
  const auto begin = Clock::now();
  Fetcher(quick_config()).run(client, stop);
  EXPECT_EQ(client.order, std::vector<std::size_t>{3});
  EXPECT_LT(since(begin), seconds(2));
}

TEST_F(FetcherFaultsTest, DropsWhatStallsOnceItsGraceIsOver) {
  const std::string body = tests::string_of(tests::wav_int16({.n_frames = 100'000}));
  server_.answer("/keep", [&](const Asked&) { return Reply{200, {{"ETag", "\"v\""}}, body, 150'000, true}; });
  server_.answer("/short", [&](const Asked&) { return Reply{200, {{"ETag", "\"v\""}}, body, 10'000, true}; });
  server_.answer("/nameless", [&](const Asked&) { return Reply{200, {}, body, 150'000, true}; });
  FetchConfig config = quick_config();
  config.grace = milliseconds(300);
  std::atomic<bool> stop{false};
  std::thread stopper([&] {
    std::this_thread::sleep_for(milliseconds(200));
    stop = true;
  });
  CollectingClient client(rows_of({server_.url("/keep"), server_.url("/short"), server_.url("/nameless")}));
  const auto begin = Clock::now();
  EXPECT_FALSE(Fetcher(config).run(client, stop));
  stopper.join();
  EXPECT_GE(since(begin), milliseconds(500));
  EXPECT_LT(since(begin), milliseconds(1000));
  EXPECT_TRUE(client.results.empty()) << "dropped rows get no done()";
  EXPECT_EQ(client.part("id2"), body.substr(0, 150'000)) << "a part worth keeping is handed on";
  EXPECT_EQ(client.origins["id2"].validator, "\"v\"");
  EXPECT_TRUE(client.pieces["id3"].empty());
  EXPECT_TRUE(client.pieces["id4"].empty()) << "what cannot be continued is not";
}

TEST_F(FetcherFaultsTest, LetsWhatIsUnderWayEndWithinItsGrace) {
  server_.answer("/a", [this](const Asked&) { return Reply{200, {}, clip_, {}, false, milliseconds(300)}; });
  std::atomic<bool> stop{false};
  std::thread stopper([&] {
    std::this_thread::sleep_for(milliseconds(100));
    stop = true;
  });
  CollectingClient client(rows_of({server_.url("/a")}));
  const auto begin = Clock::now();
  Fetcher(quick_config()).run(client, stop);
  stopper.join();
  ASSERT_EQ(client.results.size(), 1U);
  EXPECT_EQ(client.results.at(2).body, clip_);
  EXPECT_LT(since(begin), seconds(2)) << "and waits no longer than that";
}

TEST_F(FetcherFaultsTest, StartsNothingWhereItIsStoppedFromTheBeginning) {
  server_.serve("/a", clip_);
  const std::atomic<bool> stop{true};
  CollectingClient client(rows_of({server_.url("/a")}));
  Fetcher(quick_config()).run(client, stop);
  EXPECT_TRUE(client.results.empty());
  EXPECT_EQ(server_.requests(), 0);
}

TEST_F(FetcherFaultsTest, PassesExceptionsOfTheClientThrough) {
  struct Throws : CollectingClient {
    Throws(std::vector<FetchRequest> rows, std::string where)
        : CollectingClient(std::move(rows)), in(std::move(where)) {}
    Next next(FetchRequest& request) override {
      if (in == "next") throw std::out_of_range("row");
      return CollectingClient::next(request);
    }
    void piece(const FetchRequest&, const BodyOrigin&, std::size_t, std::string) override {
      throw std::domain_error("disk full");
    }
    void done(FetchResult&& result) override {
      if (in == "done") throw std::domain_error("disk full");
      CollectingClient::done(std::move(result));
    }
    std::string in;
  };
  server_.serve("/a", clip_);
  server_.serve("/long", std::string(tests::string_of(tests::wav_int16({.n_frames = 1'000'000}))));
  const std::atomic<bool> stop{false};
  Throws in_next(rows_of({server_.url("/a")}), "next");
  EXPECT_THROW(Fetcher(quick_config()).run(in_next, stop), std::out_of_range);
  Throws in_done(rows_of({server_.url("/a")}), "done");
  EXPECT_THROW(Fetcher(quick_config()).run(in_done, stop), std::domain_error);
  Throws in_piece(rows_of({server_.url("/long")}), "piece");
  EXPECT_THROW(Fetcher(quick_config()).run(in_piece, stop), std::domain_error);
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  const auto seconds_of = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

TEST_F(FetcherFaultsTest, SleepsWhileItWaits) {
  FetchConfig config = quick_config();
  server_.answer("/slow", [this](const Asked&) { return Reply{200, {}, clip_, {}, false, milliseconds(600)}; });
  server_.fail_first("/busy", 1, 429, 1, clip_);
  const double before = cpu_seconds();
  for (const auto& [row, got] : fetch_all(config, {other_url("/slow"), server_.url("/busy")}))
    EXPECT_TRUE(got.is_clip());
  EXPECT_LT(cpu_seconds() - before, 0.2);
}

TEST_F(FetcherFaultsTest, SleepsWhileAHostThatIsDownHasATransferUnderWay) {
  FetchConfig config = quick_config();
  config.max_attempts = 2;
  config.host.max_failures = 1;
  server_.answer("/slow", [this](const Asked&) { return Reply{200, {}, clip_, {}, false, milliseconds(800)}; });
  server_.always("/busy", 503, "");
  const double before = cpu_seconds();
  fetch_all(config, {server_.url("/slow"), server_.url("/busy"), server_.url("/busy")});
  EXPECT_LT(cpu_seconds() - before, 0.2);
}

}  // namespace fetcher_faults_test
}  // namespace hitscope::ingest
