#include "ingest/fetch_policy.h"

#include <curl/curl.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "tests/support/audio_fixtures.h"

namespace hitscope::ingest {
namespace fetch_policy_test {

using tests::Bytes;
using tests::bytes_of;

const Bytes& audio() {
  static const Bytes bytes = tests::wav_int16({.n_frames = 100});
  return bytes;
}

/// A finished transfer of status 200 with a clip; each test spoils one thing.
TransferEnd good_end() {
  TransferEnd end;
  end.http_status = 200;
  end.url = "https://host/a.mp3";
  end.body = audio();
  end.n_bytes = audio().size();
  end.now = std::chrono::system_clock::from_time_t(1'700'000'000);
  return end;
}

/// "kind action", or "clip".
std::string verdict(const TransferEnd& end) {
  const auto failure = classify(end);
  if (!failure) return "clip";
  EXPECT_EQ(failure->stage, Stage::kFetch);
  EXPECT_FALSE(failure->detail.empty());
  const char* action = failure->action == Action::kRetry  ? " retry"
                       : failure->action == Action::kSkip ? " skip"
                                                          : " stop";
  return std::string(to_string(failure->kind)) + action;
}

std::string verdict_on_body(const std::string& body, long status = 200) {
  const Bytes bytes = bytes_of(body);
  TransferEnd end = good_end();
  end.http_status = status;
  end.body = bytes;
  end.n_bytes = bytes.size();
  return verdict(end);
}

TEST(ClassifyTest, TakesAnAudioBodyOfStatus200AsAClip) {
  EXPECT_EQ(verdict(good_end()), "clip");
  EXPECT_EQ(verdict_on_body("ID3\x03"), "clip");
}

TEST(ClassifyTest, NothingThatAServerSendsStopsTheRun) {
  const std::string bodies[] = {"",
                                "ID3\x03",
                                "<html>",
                                "{\"error\":{\"code\":407}}",
                                "{\"error\":1e999}",
                                std::string(60'000, '['),
                                "HTTP/1.1 407 x"};
  for (long status = 0; status < 1000; ++status) {
    for (const std::string& body : bodies) {
      EXPECT_EQ(verdict_on_body(body, status).find("stop"), std::string::npos) << status << " " << body;
    }
  }
  // Whatever libcurl says, but of this machine: of its certificates, of itself, of the proxy that it is told to use.
  for (int code = 1; code < CURL_LAST; ++code) {
    if (code == CURLE_SSL_CACERT_BADFILE || code == CURLE_FAILED_INIT || code == CURLE_COULDNT_RESOLVE_PROXY) continue;
    TransferEnd end = good_end();
    end.curl_code = code;
    end.curl_message = "message";
    for (const long status : {0L, 200L, 407L, 500L}) {
      end.http_status = status;
      EXPECT_EQ(verdict(end).find("stop"), std::string::npos) << code << " " << status;
    }
  }
}

TEST(ClassifyTest, AProxyThatWantsAPasswordStopsTheRun) {
  TransferEnd end = good_end();
  end.curl_code = CURLE_RECV_ERROR;
  end.curl_message = "CONNECT tunnel failed, response 407";
  end.http_status = 0;
  end.proxy_wants_password = true;
  EXPECT_EQ(verdict(end), "http_status stop");
}

TEST(ClassifyTest, SaysWhatEveryStatusMeans) {
  const std::pair<long, const char*> rows[] = {
      {100, "http_status skip"},  {101, "http_status skip"},  {201, "http_status skip"},  {202, "http_status skip"},
      {203, "http_status skip"},  {204, "http_status skip"},  {205, "http_status skip"},  {206, "http_status skip"},
      {207, "http_status skip"},  {300, "http_status skip"},  {301, "http_status skip"},  {302, "http_status skip"},
      {303, "http_status skip"},  {304, "http_status skip"},  {305, "http_status skip"},  {307, "http_status skip"},
      {308, "http_status skip"},  {400, "http_status skip"},  {401, "http_status skip"},  {402, "http_status skip"},
      {403, "http_status skip"},  {404, "http_status skip"},  {405, "http_status skip"},  {406, "http_status skip"},
      {407, "http_status skip"},  {408, "http_status retry"}, {409, "http_status skip"},  {410, "http_status skip"},
      {411, "http_status skip"},  {412, "http_status skip"},  {413, "http_status skip"},  {414, "http_status skip"},
      {415, "http_status skip"},  {416, "http_status retry"}, {418, "http_status skip"},  {421, "http_status skip"},
      {422, "http_status skip"},  {425, "http_status retry"}, {426, "http_status skip"},  {428, "http_status skip"},
      {429, "throttled retry"},   {431, "http_status skip"},  {451, "http_status skip"},  {499, "http_status skip"},
      {500, "http_status retry"}, {501, "http_status retry"}, {502, "http_status retry"}, {503, "throttled retry"},
      {504, "http_status retry"}, {507, "http_status retry"}, {511, "http_status retry"}, {520, "http_status retry"},
      {522, "http_status retry"}, {529, "http_status retry"}, {599, "http_status retry"}};
  for (const auto& [status, expected] : rows) {
    TransferEnd end = good_end();  // an audio body does not make an error a clip
    end.http_status = status;
    EXPECT_EQ(verdict(end), expected) << status;
    EXPECT_EQ(classify(end)->detail.find("HTTP status " + std::to_string(status)), 0U) << classify(end)->detail;
  }
}

TEST(ClassifyTest, SaysWhatEveryTransferErrorMeans) {
  struct Row {
    int curl_code;
    long http_status;
    const char* expected;
  };
  const Row rows[] = {{CURLE_OPERATION_TIMEDOUT, 0, "timeout retry"},
                      {CURLE_OPERATION_TIMEDOUT, 200, "timeout retry"},
                      {CURLE_OPERATION_TIMEDOUT, 302, "timeout retry"},
                      {CURLE_PARTIAL_FILE, 200, "truncated retry"},
                      {CURLE_URL_MALFORMAT, 0, "bad_url skip"},
                      {CURLE_PEER_FAILED_VERIFICATION, 0, "network skip"},
                      {CURLE_SSL_CACERT_BADFILE, 0, "network stop"},
                      {CURLE_FAILED_INIT, 0, "network stop"},
                      {CURLE_COULDNT_RESOLVE_PROXY, 0, "network stop"},
                      {CURLE_COULDNT_RESOLVE_HOST, 0, "network retry"},
                      {CURLE_COULDNT_CONNECT, 0, "network retry"},
                      {CURLE_WEIRD_SERVER_REPLY, 0, "network retry"},
                      {CURLE_RECV_ERROR, 200, "network retry"},
                      {CURLE_SEND_ERROR, 0, "network retry"},
                      {CURLE_GOT_NOTHING, 0, "network retry"},
                      {CURLE_SSL_CONNECT_ERROR, 0, "network retry"},
                      {CURLE_BAD_CONTENT_ENCODING, 200, "network retry"},
                      {CURLE_WRITE_ERROR, 200, "network retry"}};
  for (const Row& row : rows) {
    TransferEnd end = good_end();
    end.curl_code = row.curl_code;
    end.curl_message = "words for " + std::to_string(row.curl_code);
    end.http_status = row.http_status;
    EXPECT_EQ(verdict(end), row.expected) << end.curl_message;
    EXPECT_EQ(classify(end)->detail, end.curl_message);
  }
}

TEST(ClassifyTest, AProtocolThatIsNotHttpIsTheUrlsFaultOrTheServers) {
  TransferEnd end = good_end();
  end.curl_code = CURLE_UNSUPPORTED_PROTOCOL;
  end.curl_message = "Received HTTP/0.9 when not allowed";
  end.http_status = 0;
  EXPECT_EQ(verdict(end), "network retry");
  EXPECT_EQ(classify(end)->detail, "the answer is not HTTP: Received HTTP/0.9 when not allowed");
  end.url = "ftp://host/a.mp3";
  EXPECT_EQ(verdict(end), "bad_url skip");
}

TEST(ClassifyTest, TheStatusOfAnErrorSaysMoreThanHowItsPageEnded) {
  for (const int code : {CURLE_PARTIAL_FILE, CURLE_OPERATION_TIMEDOUT, CURLE_WRITE_ERROR}) {
    TransferEnd end = good_end();
    end.curl_code = code;
    end.too_large = true;
    end.http_status = 404;
    EXPECT_EQ(verdict(end), "http_status skip") << code;
    end.http_status = 503;
    EXPECT_EQ(verdict(end), "throttled retry") << code;
    end.http_status = 200;
    EXPECT_EQ(verdict(end), "too_large skip") << code;
  }
}

TEST(ClassifyTest, ASignedLinkThatWasRefusedAfterItsEndHasExpired) {
  const auto end_of = [](const std::string& url, long status) {
    TransferEnd end = good_end();
    end.url = url;
    end.http_status = status;
    return end;
  };
  for (const long status : {400L, 401L, 403L, 404L, 410L}) {
    EXPECT_EQ(verdict(end_of("https://h/a?exp=1699999999", status)), "expired_link skip") << status;
    EXPECT_EQ(verdict(end_of("https://h/a?exp=1700000001", status)), "http_status skip") << status << ", not over yet";
    EXPECT_EQ(verdict(end_of("https://h/a", status)), "http_status skip") << status << ", not signed";
  }
  for (const long status : {500L, 429L}) {
    EXPECT_NE(verdict(end_of("https://h/a?exp=1699999999", status)), "expired_link skip") << status;
  }
  EXPECT_EQ(verdict(end_of("https://h/a?exp=1699999999", 200)), "clip") << "the server knows better";
  EXPECT_EQ(
      classify(end_of("https://h/a?exp=1699999999", 403))->detail,
      "HTTP status 403: the link expired at 2023-11-14 22:13 UTC; get a new link from the source of the catalogue");
}

TEST(ClassifyTest, KnowsPagesAndJsonFromOtherBytes) {
  for (const char* body : {"<html>", " \r\n\t<!DOCTYPE html>", "\xEF\xBB\xBF<?xml?>", "<"}) {
    EXPECT_EQ(verdict_on_body(body), "error_body skip") << body;
  }
  for (const char* body :
       {R"({"error":"no such track"})", R"({"error":{"code":800}})", R"( ["a"])", "{", "{}",
        R"({"error":{"code":"4"}})", R"({"error":{"code":4.5}})", R"({"code":4})", R"([{"error":{"code":4}}])"}) {
    EXPECT_EQ(verdict_on_body(body), "error_body skip") << body;
  }
  for (const char* body : {"not found", "\x01\x02\x03", " ", "error"}) {
    EXPECT_EQ(verdict_on_body(body), "not_audio skip") << body;
  }
}

TEST(ClassifyTest, AQuotaThatIsUsedUpIsNoRowsFault) {
  for (const char* body : {R"({"error":{"type":"Exception","message":"Quota limit exceeded","code":4}})",
                           "\xEF\xBB\xBF {\"error\":{\"code\":700}}", R"({"error":{"status":429,"message":"slow"}})",
                           R"({"error":{"code":503}})"}) {
    EXPECT_EQ(verdict_on_body(body), "throttled retry") << body;
  }
}

TEST(ClassifyTest, RetriesAnEmptyBody) {
  EXPECT_EQ(verdict_on_body(""), "empty retry");
}

TEST(ClassifyTest, ShowsHowABodyThatIsNotAudioStarts) {
  const Bytes body = bytes_of("<!DOCTYPE html>\n<html>\x01 \xC3\xA9" + std::string(200, 'x'));
  TransferEnd end = good_end();
  end.body = body;
  EXPECT_EQ(verdict(end), "error_body skip");
  EXPECT_EQ(classify(end)->detail,
            "HTTP status 200, but the body is a web page, not audio; it starts with "
            "'<!DOCTYPE html>.<html>. .." +
                std::string(94, 'x') + "'");
}

TEST(ClassifyTest, TakesTheRestOfABodyOnlyWhereItWasAskedForAndIsWhole) {
  TransferEnd end = good_end();
  end.http_status = 206;
  EXPECT_EQ(verdict(end), "http_status skip") << "nobody asked for a range";
  end.continues = true;
  EXPECT_EQ(verdict(end), "clip") << "a total that is not told cannot be missed";
  end.headers.content_range = "bytes 100-243/" + std::to_string(end.n_bytes);
  EXPECT_EQ(verdict(end), "clip");
  end.headers.content_range = "bytes 100-243/*";
  EXPECT_EQ(verdict(end), "clip");
  end.headers.content_range = "bytes 100-243/1000";
  EXPECT_EQ(verdict(end), "truncated retry");
  EXPECT_EQ(classify(end)->detail, "244 of 1000 bytes were received");
  end.http_status = 200;
  EXPECT_EQ(verdict(end), "clip") << "a server that ignores the range sends all of it";
}

TEST(ClassifyTest, ObeysAnOptOutOnlyWhereItIsToldTo) {
  TransferEnd end = good_end();
  end.headers.x_robots_tag = "noai";
  EXPECT_EQ(verdict(end), "opted_out skip");
  EXPECT_EQ(classify(end)->detail, "X-Robots-Tag 'noai' asks machines not to use the clip");
  end.curl_code = CURLE_WRITE_ERROR;  // the transfer is stopped once the headers are there
  EXPECT_EQ(verdict(end), "opted_out skip");
  end.http_status = 404;
  EXPECT_EQ(verdict(end), "http_status skip") << "an error is not what is to be kept";
  end = good_end();
  end.headers.x_robots_tag = "noai";
  end.obeys_robots_tag = false;
  EXPECT_EQ(verdict(end), "clip");
  end = good_end();
  end.headers.x_robots_tag = "googlebot: noindex";
  EXPECT_EQ(verdict(end), "clip");
}

TEST(ClassifyTest, WhatTheFetcherStoppedComesBeforeLibcurlsWords) {
  TransferEnd end = good_end();
  end.curl_code = CURLE_COULDNT_CONNECT;
  end.curl_message = "could not connect";
  end.http_status = 0;
  end.forbidden_address = "private or loopback, which is not allowed";
  EXPECT_EQ(verdict(end), "forbidden_address skip");
  EXPECT_NE(classify(end)->detail.find("private or loopback"), std::string::npos);
  end = good_end();
  end.curl_code = CURLE_WRITE_ERROR;
  end.too_large = true;
  EXPECT_EQ(verdict(end), "too_large skip");
  EXPECT_NE(classify(end)->detail.find("larger than the limit"), std::string::npos);
  end.too_large = false;
  end.curl_code = CURLE_FILESIZE_EXCEEDED;  // the announced length says it before the body does
  EXPECT_EQ(verdict(end), "too_large skip");
  EXPECT_NE(classify(end)->detail.find("larger than the limit"), std::string::npos);
  end = good_end();
  end.curl_code = CURLE_OPERATION_TIMEDOUT;
  end.too_slow = true;
  EXPECT_EQ(verdict(end), "timeout retry");
  EXPECT_NE(classify(end)->detail.find("244 bytes were received"), std::string::npos) << classify(end)->detail;
  end = good_end();
  end.curl_code = CURLE_WRITE_ERROR;
  end.bad_headers = true;
  EXPECT_EQ(verdict(end), "network retry");
  EXPECT_NE(classify(end)->detail.find("headers"), std::string::npos);
}

}  // namespace fetch_policy_test
}  // namespace hitscope::ingest
