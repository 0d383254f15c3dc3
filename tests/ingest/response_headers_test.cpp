#include "ingest/response_headers.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace hitscope::ingest {
namespace response_headers_test {

using std::chrono::hours;
using std::chrono::seconds;

ResponseHeaders headers_of(const std::vector<std::string>& lines) {
  ResponseHeaders headers;
  for (const std::string& line : lines) headers.read_line(line + "\r\n");
  return headers;
}

TEST(ResponseHeadersTest, KeepsWhatDecidesInAnyCase) {
  const ResponseHeaders headers =
      headers_of({"HTTP/1.1 206 Partial Content", "Content-Type: audio/mpeg", "RETRY-AFTER:  7 ", "etag:\t\"a:b\"",
                  "Last-Modified: Wed, 21 Oct 2015 07:28:00 GMT", "content-Range: bytes 1-2/3", "Accept-Ranges:bytes",
                  "X-Retry-After: 9", ""});
  EXPECT_EQ(headers.status, 206);
  EXPECT_EQ(headers.retry_after, "7");
  EXPECT_EQ(headers.etag, "\"a:b\"");
  EXPECT_EQ(headers.last_modified, "Wed, 21 Oct 2015 07:28:00 GMT");
  EXPECT_EQ(headers.content_range, "bytes 1-2/3");
  EXPECT_EQ(headers.accept_ranges, "bytes");
  EXPECT_EQ(headers.x_robots_tag, "");
}

TEST(ResponseHeadersTest, AStatusLineStartsOver) {
  const ResponseHeaders headers = headers_of({"HTTP/1.1 103 Early Hints", "ETag: \"early\"", "X-Robots-Tag: noai", "",
                                              "HTTP/1.1 200 OK", "Retry-After: 1", ""});
  EXPECT_EQ(headers.status, 200);
  EXPECT_EQ(headers.etag, "");
  EXPECT_EQ(headers.x_robots_tag, "");
  EXPECT_EQ(headers.retry_after, "1");
}

TEST(ResponseHeadersTest, CountsTheBytesOfInterimResponsesToo) {
  ResponseHeaders headers;
  std::size_t n_bytes = 0;
  for (const char* line : {"HTTP/1.1 100 Continue\r\n", "\r\n", "HTTP/1.1 200 OK\r\n", "ETag: \"a\"\r\n", "\r\n"}) {
    headers.read_line(line);
    n_bytes += std::string_view(line).size();
    EXPECT_EQ(headers.n_bytes, n_bytes);
  }
}

TEST(ResponseHeadersTest, TakesStatusLinesAsTheyCome) {
  for (const auto& [line, status] : {std::pair("HTTP/1.1 404 Not Found", 404L),
                                     {"HTTP/1.0 200", 200L},
                                     {"HTTP/2 503 ", 503L},
                                     {"HTTP/1.1", 0L},
                                     {"HTTP/1.1 ", 0L},
                                     {"HTTP/1.1 abc", 0L}}) {
    EXPECT_EQ(headers_of({line}).status, status) << line;
  }
}

TEST(ResponseHeadersTest, JoinsSeveralRobotsTags) {
  const auto headers = headers_of({"HTTP/1.1 200 OK", "X-Robots-Tag: googlebot: noindex", "x-robots-tag: noarchive"});
  EXPECT_EQ(headers.x_robots_tag, "googlebot: noindex\nnoarchive");
  EXPECT_FALSE(opts_out(headers.x_robots_tag));
  EXPECT_TRUE(opts_out(headers_of({"X-Robots-Tag: googlebot: all", "X-Robots-Tag: noai"}).x_robots_tag));
}

TEST(ResponseHeadersTest, ReadsAFoldedRobotsTagToItsEnd) {
  EXPECT_TRUE(opts_out(headers_of({"HTTP/1.1 200 OK", "X-Robots-Tag: noarchive,", "\tnoai"}).x_robots_tag));
}

TEST(ResponseHeadersTest, SurvivesLinesThatAreNoHeaders) {
  const ResponseHeaders headers =
      headers_of({"HTTP/1.1 200 OK", "", ":", "no colon", ": value", "etag:", std::string(1000, 'x')});
  EXPECT_EQ(headers.status, 200);
  EXPECT_EQ(headers.etag, "");
}

const auto kNow = std::chrono::system_clock::from_time_t(1'445'412'480);  // Wed, 21 Oct 2015 07:28:00 GMT

TEST(RetryAfterTest, ReadsSeconds) {
  for (const auto& [value, wait] :
       {std::pair("0", 0L), {"1", 1L}, {" 120 ", 120L}, {"007", 7L}, {"-5", 0L}, {"-99999999999999999999", 0L}}) {
    EXPECT_EQ(retry_after(value, kNow), seconds(wait)) << value;
  }
}

TEST(RetryAfterTest, ReadsDates) {
  EXPECT_EQ(retry_after("Wed, 21 Oct 2015 07:28:30 GMT", kNow), seconds(30));
  EXPECT_EQ(retry_after("Thu, 22 Oct 2015 07:28:00 GMT", kNow), hours(24));
  EXPECT_EQ(retry_after("Wednesday, 21-Oct-15 07:29:00 GMT", kNow), seconds(60)) << "RFC 850";
  EXPECT_EQ(retry_after("Wed Oct 21 07:29:00 2015", kNow), seconds(60)) << "asctime";
  EXPECT_EQ(retry_after("Wed, 21 Oct 2015 07:28:01 GMT", kNow + std::chrono::milliseconds(1)), seconds(1))
      << "rounded up";
}

TEST(RetryAfterTest, ATimeThatHasPassedIsNoWait) {
  EXPECT_EQ(retry_after("Wed, 21 Oct 2015 07:27:59 GMT", kNow), seconds(0));
  EXPECT_EQ(retry_after("Sun, 06 Nov 1994 08:49:37 GMT", kNow), seconds(0));
  EXPECT_EQ(retry_after("Wed, 21 Oct 2015 07:28:00 GMT", kNow), seconds(0));
}

TEST(RetryAfterTest, AnEndlessWaitIsALongOne) {
  for (const char* value : {"99999999999", "9223372036854775807", "99999999999999999999999999999"}) {
    const auto wait = retry_after(value, kNow);
    ASSERT_TRUE(wait) << value;
    EXPECT_GE(*wait, seconds(1'000'000'000)) << value;
    EXPECT_LT(*wait, seconds(100'000'000'000)) << value << " in milliseconds must not overflow";
  }
}

TEST(RetryAfterTest, AnEndlessDateIsALongWait) {
  for (const char* value : {"Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 2300 00:00:00 GMT"}) {
    const auto wait = retry_after(value, kNow);
    EXPECT_TRUE(!wait || *wait > hours(24)) << value << ": " << wait->count() << " s";
  }
}

TEST(RetryAfterTest, SaysNothingWhereItCannotBeRead) {
  for (const char* value : {"", "  ", "soon", "1.5", "10s", "+", "-", "NaN", "Wed, 99 Oct 2015 07:28:00 GMT", "--5"}) {
    EXPECT_EQ(retry_after(value, kNow), std::nullopt) << "'" << value << "'";
  }
}

TEST(OptsOutTest, ObeysWhatIsMeantForEveryone) {
  for (const char* value : {"noai", "noindex", "none", "NoAI", " noindex ", "nofollow, noai",
                            "noarchive,noindex,nofollow", "*: noai", "all\nnone", "nofollow\n\nnoindex"}) {
    EXPECT_TRUE(opts_out(value)) << value;
  }
}

TEST(OptsOutTest, ObeysWhatIsMeantForUs) {
  for (const char* value :
       {"hitscope: noai", "HitScope:noindex", "hitscope: nofollow, none", "googlebot: all\nhitscope: none",
        "googlebot: nofollow, hitscope: noai", "noai, googlebot: all"}) {
    EXPECT_TRUE(opts_out(value)) << value;
  }
}

TEST(OptsOutTest, PassesOverWhatIsMeantForOthers) {
  for (const char* value :
       {"", "all", "nofollow", "noarchive, nosnippet", "googlebot: noindex", "googlebot: nofollow, noindex",
        "googlebot: none\nbingbot: noai", "noaim", "noimageai", "not none", "hitscope2: none", "index: none",
        "unavailable_after: 25 Jun 2030 15:00:00 PST", ",,,", ":", "\n"}) {
    EXPECT_FALSE(opts_out(value)) << value;
  }
}

TEST(OptsOutTest, ARuleWithAValueIsNoAgent) {
  for (const char* value : {"max-snippet: -1, noindex", "max-image-preview:large, max-video-preview:0, noai",
                            "unavailable_after: 25 Jun 2030 15:00:00 PST, noindex", "hitscope: max-snippet: 0, none"}) {
    EXPECT_TRUE(opts_out(value)) << value;
  }
}

TEST(RangeValidatorTest, IsAStrongETagElseTheDate) {
  ResponseHeaders headers;
  EXPECT_EQ(range_validator(headers), "");
  headers.last_modified = "Wed, 21 Oct 2015 07:28:00 GMT";
  EXPECT_EQ(range_validator(headers), headers.last_modified);
  headers.etag = "W/\"weak\"";
  EXPECT_EQ(range_validator(headers), headers.last_modified);
  headers.etag = "\"strong\"";
  EXPECT_EQ(range_validator(headers), "\"strong\"");
  headers.accept_ranges = "bytes";
  EXPECT_EQ(range_validator(headers), "\"strong\"");
  for (const char* none : {"none", "None"}) {
    headers.accept_ranges = none;
    EXPECT_EQ(range_validator(headers), "") << "the server serves no ranges";
  }
  headers.accept_ranges = "";
  for (const char* bad :
       {"\"a\rX-Injected: yes\"", "\"a\"b\"", "\"a", "a", "\"", "\"a b\"", "\"\x7f\"", "\"\xc3\xa9\""}) {
    headers.etag = bad;
    EXPECT_EQ(range_validator(headers), headers.last_modified) << bad << ": no ETag of RFC 9110";
    EXPECT_FALSE(is_validator(bad)) << bad;
  }
  headers.last_modified = "Wed, 21 Oct 2015 07:28:00 GMT\rX-Injected: yes";
  EXPECT_EQ(range_validator(headers), "");
  ResponseHeaders weak;
  weak.etag = "W/\"weak\"";
  EXPECT_EQ(range_validator(weak), "") << "a weak one cannot tell whether bytes are the same";
}

TEST(ContentRangeTest, ReadsWhereTheBytesBelong) {
  const auto range = content_range("bytes 200-999/1000");
  ASSERT_TRUE(range);
  EXPECT_EQ(range->first, 200U);
  EXPECT_EQ(range->total, 1000U);
  const auto open = content_range("bytes 5000000000-5000000001/*");
  ASSERT_TRUE(open);
  EXPECT_EQ(open->first, 5'000'000'000U);
  EXPECT_EQ(open->total, std::nullopt);
}

TEST(ContentRangeTest, SaysNothingWhereItCannotBeRead) {
  for (const char* value : {"", "bytes", "bytes */1000", "bytes 200-999", "200-999/1000", "items 0-1/2", "bytes -5/10",
                            "bytes x-5/10", "bytes 99999999999999999999-1/2", "bytes 1/2-3"}) {
    EXPECT_FALSE(content_range(value)) << value;
  }
}

TEST(ResponseHeadersTest, TrailersAreNotRead) {
  ResponseHeaders headers;
  for (const char* line : {"HTTP/1.1 100 Continue\r\n", "\r\n", "HTTP/1.1 200 OK\r\n", "ETag: \"a\"\r\n", "\r\n",
                           "HTTP/1.1 407 x: y\r\n", "ETag: \"b\"\r\n", "X-Robots-Tag: noai\r\n"}) {
    headers.read_line(line);
  }
  EXPECT_EQ(headers.status, 200);
  EXPECT_EQ(headers.etag, "\"a\"");
  EXPECT_EQ(headers.x_robots_tag, "");
}

}  // namespace response_headers_test
}  // namespace hitscope::ingest
