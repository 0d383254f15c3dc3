// Bodies in pieces, and bodies that go on where they broke off.
#include <gtest/gtest.h>

#include <numeric>

#include "ingest/url.h"
#include "tests/ingest/fetcher_fixture.h"

namespace hitscope::ingest {
namespace fetcher_continue_test {

using tests::Asked;
using tests::Reply;

constexpr const char* kEtag = "\"v1\"";

class FetcherContinueTest : public FetcherFixture {
 protected:
  /// About so many bytes.
  static std::string long_clip(std::size_t n_bytes, double hz = 440.0) {
    return tests::string_of(tests::wav_int16({.n_frames = n_bytes / 2, .hz = hz}));
  }
  static BodyPart part_of(const std::string& url, const std::string& body, std::size_t n_bytes) {
    const std::string head = body.substr(0, std::min(n_bytes, Fetcher::kHeadBytes));
    return {{url, host_of(url), kEtag, "", kEtag, body.size()}, n_bytes, [head] { return head; }};
  }

  const std::string body_ = long_clip(3'000'000);
};

TEST_F(FetcherContinueTest, HandsALongBodyOnInPieces) {
  server_.serve("/a", body_);
  CollectingClient client(rows_of({server_.url("/a")}));
  run(quick_config(), client);
  const Fetched& got = client.results.at(2);
  ASSERT_TRUE(got.is_clip()) << got.detail();
  EXPECT_TRUE(got.body == body_);
  EXPECT_EQ(got.result.body->type, AudioType::kWav);
  const auto& pieces = client.pieces["id2"];
  ASSERT_EQ(pieces.size(), 2U);
  for (const std::size_t n : pieces) {
    EXPECT_GE(n, Fetcher::kPieceBytes);
    EXPECT_LT(n, Fetcher::kPieceBytes + (300U << 10U)) << "memory is bounded by a piece and one read";
  }
}

TEST_F(FetcherContinueTest, KeepsAShortBodyInOne) {
  server_.serve("/a", clip_);
  CollectingClient client(rows_of({server_.url("/a")}));
  run(quick_config(), client);
  EXPECT_TRUE(client.pieces.empty());
  EXPECT_EQ(client.results.at(2).body, clip_);
}

TEST_F(FetcherContinueTest, GoesOnWhereABodyBrokeOff) {
  for (const std::size_t cut : {std::size_t{100}, std::size_t{500'000}, std::size_t{1'500'000}, body_.size() - 1}) {
    const std::string path = "/" + std::to_string(cut);
    server_.serve_ranges(path, body_, kEtag, {cut});
    const Fetched got = fetch(quick_config(), server_.url(path));
    ASSERT_TRUE(got.is_clip()) << cut << ": " << got.detail();
    EXPECT_TRUE(got.body == body_) << cut;
    EXPECT_EQ(got.result.n_attempts, 2);
    EXPECT_EQ(got.result.http_status, 206);
    EXPECT_EQ(got.result.origin.etag, kEtag);
    const auto log = server_.log(path);
    ASSERT_EQ(log.size(), 2U);
    EXPECT_EQ(log[0].header("range"), "");
    EXPECT_EQ(log[0].header("if-range"), "");
    EXPECT_EQ(log[1].header("range"), "bytes=" + std::to_string(cut) + "-");
    EXPECT_EQ(log[1].header("if-range"), kEtag);
  }
}

TEST_F(FetcherContinueTest, GoesOnAsOftenAsItMayTry) {
  server_.serve_ranges("/a", body_, kEtag, {1'200'000, 100, 1'000'000});
  FetchConfig config = quick_config();
  config.max_attempts = 4;
  const Fetched got = fetch(config, server_.url("/a"));
  ASSERT_TRUE(got.is_clip()) << got.detail();
  EXPECT_TRUE(got.body == body_);
  EXPECT_EQ(server_.log("/a").back().header("range"), "bytes=2200100-");
}

TEST_F(FetcherContinueTest, GoesOnByTheDateWhereThereIsNoStrongETag) {
  const std::string date = "Wed, 21 Oct 2015 07:28:00 GMT";
  server_.answer("/a", [this, date](const Asked& asked) {
    Reply reply{200, {{"ETag", "W/\"weak\""}, {"Last-Modified", date}}, body_, {}};
    if (asked.count == 1) reply.cut = 1'000'000;
    return reply;
  });
  EXPECT_TRUE(fetch(quick_config(), server_.url("/a")).body == body_);
  EXPECT_EQ(server_.log("/a").at(1).header("if-range"), date);
}

TEST_F(FetcherContinueTest, StartsAgainWhereAServerIgnoresTheRange) {
  for (const std::size_t cut : {std::size_t{500'000}, std::size_t{2'500'000}}) {
    const std::string path = "/" + std::to_string(cut);
    server_.answer(path, [this, cut](const Asked& asked) {
      Reply reply{200, {{"ETag", kEtag}}, body_, {}};
      if (asked.count == 1) reply.cut = cut;
      return reply;
    });
    const Fetched got = fetch(quick_config(), server_.url(path));
    ASSERT_TRUE(got.is_clip()) << got.detail();
    EXPECT_TRUE(got.body == body_) << cut;
    EXPECT_EQ(got.result.http_status, 200);
  }
}

TEST_F(FetcherContinueTest, StartsAgainWhereTheFileHasChanged) {
  const std::string changed = long_clip(1'000'000, 880.0);
  server_.answer("/a", [&](const Asked& asked) {
    if (asked.count == 1) return Reply{200, {{"ETag", kEtag}}, body_, 2'500'000};
    return Reply{200, {{"ETag", "\"v2\""}}, changed, {}};
  });
  const Fetched got = fetch(quick_config(), server_.url("/a"));
  ASSERT_TRUE(got.is_clip()) << got.detail();
  EXPECT_TRUE(got.body == changed) << "nothing of the old file is left";
  EXPECT_EQ(got.result.origin.etag, "\"v2\"");
}

TEST_F(FetcherContinueTest, AsksForAllOfItWhereTheServerGaveNoValidator) {
  for (const bool denies : {false, true}) {
    const std::string path = denies ? "/denies" : "/silent";
    server_.answer(path, [this, denies](const Asked& asked) {
      Reply reply{200, {}, body_, {}};
      if (denies) reply.headers = {{"ETag", kEtag}, {"Accept-Ranges", "none"}};
      if (asked.count == 1) reply.cut = 1'500'000;
      return reply;
    });
    EXPECT_TRUE(fetch(quick_config(), server_.url(path)).body == body_);
    EXPECT_EQ(server_.log(path).at(1).header("range"), "");
  }
}

TEST_F(FetcherContinueTest, DoesNotTakeAnotherRangeForTheRest) {
  for (const std::string wrong : {"bytes 0-2999999/3000000", "bytes 999999-2999999/3000000", "", "nonsense"}) {
    const std::string path = "/" + std::to_string(wrong.size());
    server_.answer(path, [&](const Asked& asked) {
      Reply reply{200, {{"ETag", kEtag}}, body_, {}};
      if (asked.count == 1) reply.cut = 1'000'000;
      if (asked.count == 2) {
        reply.status = 206;
        if (!wrong.empty()) reply.headers.emplace_back("Content-Range", wrong);
      }
      return reply;
    });
    const Fetched got = fetch(quick_config(), server_.url(path));
    ASSERT_TRUE(got.is_clip()) << "'" << wrong << "': " << got.detail();
    EXPECT_TRUE(got.body == body_) << "'" << wrong << "'";
    EXPECT_EQ(server_.log(path).at(2).header("range"), "") << "started again";
  }
}

TEST_F(FetcherContinueTest, StartsAgainWhereTheRangeCannotBeServed) {
  server_.answer("/a", [this](const Asked& asked) {
    if (asked.count == 2) return Reply{416, {{"Content-Range", "bytes */3000000"}}, "", {}};
    Reply reply{200, {{"ETag", kEtag}}, body_, {}};
    if (asked.count == 1) reply.cut = 1'000'000;
    return reply;
  });
  EXPECT_TRUE(fetch(quick_config(), server_.url("/a")).body == body_);
  EXPECT_EQ(server_.log("/a").at(2).header("range"), "");
}

TEST_F(FetcherContinueTest, KeepsWhatItHasOverAnErrorOfTheServer) {
  server_.answer("/a", [this](const Asked& asked) {
    const std::string range = asked.header("range");
    if (asked.count == 2) return Reply{500, {}, "<html>sorry</html>", {}};
    Reply reply{200, {{"ETag", kEtag}}, body_, {}};
    if (asked.count == 1) reply.cut = 1'500'000;
    if (asked.count == 3 && range == "bytes=1500000-") {
      reply = {206,
               {{"Content-Range", "bytes 1500000-" + std::to_string(body_.size() - 1) + "/*"}},
               body_.substr(1'500'000),
               {}};
    }
    return reply;
  });
  const Fetched got = fetch(quick_config(), server_.url("/a"));
  EXPECT_TRUE(got.body == body_) << got.detail();
  EXPECT_EQ(got.result.http_status, 206);
}

TEST_F(FetcherContinueTest, GoesOnWithThePartOfAnEarlierRun) {
  for (const std::size_t n : {std::size_t{70'000}, std::size_t{2'000'000}, body_.size() - 1}) {
    const std::string path = "/" + std::to_string(n);
    server_.serve_ranges(path, body_, kEtag);
    const std::string url = server_.url(path);
    const Fetched got = fetch(quick_config(), {2, "id2", {url}, part_of(url, body_, n)});
    ASSERT_TRUE(got.is_clip()) << got.detail();
    EXPECT_EQ(got.result.body->n_bytes, body_.size());
    EXPECT_TRUE(got.body.substr(n) == body_.substr(n));
    EXPECT_EQ(got.result.body->type, AudioType::kWav) << "known by the head of the part";
    EXPECT_EQ(server_.log(path).at(0).header("range"), "bytes=" + std::to_string(n) + "-");
    EXPECT_EQ(server_.log(path).at(0).header("if-range"), kEtag);
  }
}

TEST_F(FetcherContinueTest, ForgetsThePartOfAFileThatHasChanged) {
  server_.serve_ranges("/a", body_, "\"v2\"");
  const std::string url = server_.url("/a");
  const Fetched got = fetch(quick_config(), {2, "id2", {url}, part_of(url, body_, 2'000'000)});
  EXPECT_TRUE(got.body == body_) << got.detail();
  EXPECT_EQ(got.result.http_status, 200);
  EXPECT_EQ(got.result.origin.etag, "\"v2\"");
}

TEST_F(FetcherContinueTest, TakesThePartOfAnotherUrlForNothing) {
  server_.serve_ranges("/a", body_, kEtag);
  const Fetched got =
      fetch(quick_config(), {2, "id2", {server_.url("/a")}, part_of(server_.url("/b"), body_, 2'000'000)});
  EXPECT_TRUE(got.body == body_) << got.detail();
  EXPECT_EQ(server_.log("/a").at(0).header("range"), "");
}

TEST_F(FetcherContinueTest, LeavesAPartBehindThatAnotherRunCanContinue) {
  server_.serve_ranges("/a", body_, kEtag, {1'500'000, 200'000});
  FetchConfig config = quick_config();
  config.max_attempts = 2;
  const std::string url = server_.url("/a");
  CollectingClient client(rows_of({url}));
  run(config, client);
  const Fetched& failed = client.results.at(2);
  EXPECT_EQ(failed.kind(), "truncated");
  EXPECT_TRUE(failed.result.may_continue);
  const std::string part = client.part("id2");
  ASSERT_EQ(part.size(), 1'700'000U);
  EXPECT_TRUE(part == body_.substr(0, part.size()));
  const BodyOrigin origin = client.origins["id2"];
  EXPECT_EQ(origin.url, url);
  EXPECT_EQ(origin.validator, kEtag);
  const Fetched got = fetch(
      config, {2, "id2", {url}, BodyPart{origin, part.size(), [part] { return part.substr(0, Fetcher::kHeadBytes); }}});
  ASSERT_TRUE(got.is_clip()) << got.detail();
  EXPECT_TRUE(part + got.body.substr(part.size()) == body_);
}

TEST_F(FetcherContinueTest, LeavesNothingBehindThatIsNotWorthIt) {
  FetchConfig config = quick_config();
  config.max_attempts = 1;
  server_.serve_ranges("/short", body_, kEtag, {60'000});
  server_.cut_short("/no-validator", body_);
  server_.always("/gone", 404, "");
  CollectingClient client(rows_of({server_.url("/short"), server_.url("/no-validator"), server_.url("/gone")}));
  run(config, client);
  EXPECT_EQ(client.results.at(2).kind(), "truncated");
  EXPECT_TRUE(client.pieces["id2"].empty()) << "64 KiB are worth it";
  for (const auto& [row, got] : client.results) EXPECT_FALSE(got.result.may_continue) << row;
}

TEST_F(FetcherContinueTest, TheSizeLimitHoldsForAllPartsTogether) {
  FetchConfig config = quick_config();
  config.max_megabytes = 2.0;
  server_.answer("/a", [this](const Asked& asked) {
    if (asked.count == 1) return Reply{200, {{"ETag", kEtag}}, body_.substr(0, 1'900'000), 1'800'000};
    return Reply{206, {{"Content-Range", "bytes 1800000-2999999/*"}}, body_.substr(1'800'000), {}};
  });
  EXPECT_EQ(fetch(config, server_.url("/a")).kind(), "too_large");
}

}  // namespace fetcher_continue_test
}  // namespace hitscope::ingest
