#include "ingest/fetch_policy.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <vector>

#include "tests/support/audio_fixtures.h"

namespace hitscope::ingest {
namespace {

using std::chrono::milliseconds;
using tests::Bytes;
using tests::bytes_of;

const Bytes& audio() {
  static const Bytes bytes = tests::wav_int16({.n_frames = 100});
  return bytes;
}

struct Row {
  int curl_code;
  long http_status;
  FailureKind kind;
  Action action;
};

TEST(ClassifyTest, TakesAnAudioBodyOfStatus200AsAClip) {
  TransferEnd end;
  end.http_status = 200;
  end.body = audio();
  EXPECT_FALSE(classify(end));
  const Bytes mp3 = bytes_of("ID3\x03");
  end.body = mp3;
  EXPECT_FALSE(classify(end));
}

TEST(ClassifyTest, SaysWhatEveryStatusMeans) {
  const Row rows[] = {{CURLE_OK, 429, FailureKind::kThrottled, Action::kRetry},
                      {CURLE_OK, 503, FailureKind::kThrottled, Action::kRetry},
                      {CURLE_OK, 408, FailureKind::kHttpStatus, Action::kRetry},
                      {CURLE_OK, 425, FailureKind::kHttpStatus, Action::kRetry},
                      {CURLE_OK, 500, FailureKind::kHttpStatus, Action::kRetry},
                      {CURLE_OK, 502, FailureKind::kHttpStatus, Action::kRetry},
                      {CURLE_OK, 504, FailureKind::kHttpStatus, Action::kRetry},
                      {CURLE_OK, 599, FailureKind::kHttpStatus, Action::kRetry},
                      {CURLE_OK, 201, FailureKind::kHttpStatus, Action::kSkip},
                      {CURLE_OK, 204, FailureKind::kHttpStatus, Action::kSkip},
                      {CURLE_OK, 206, FailureKind::kHttpStatus, Action::kSkip},
                      {CURLE_OK, 304, FailureKind::kHttpStatus, Action::kSkip},
                      {CURLE_OK, 400, FailureKind::kHttpStatus, Action::kSkip},
                      {CURLE_OK, 401, FailureKind::kHttpStatus, Action::kSkip},
                      {CURLE_OK, 403, FailureKind::kHttpStatus, Action::kSkip},
                      {CURLE_OK, 404, FailureKind::kHttpStatus, Action::kSkip},
                      {CURLE_OK, 410, FailureKind::kHttpStatus, Action::kSkip},
                      {CURLE_OK, 451, FailureKind::kHttpStatus, Action::kSkip}};
  for (const Row& row : rows) {
    TransferEnd end;
    end.http_status = row.http_status;
    end.body = audio();  // an audio body does not make an error a clip
    const auto failure = classify(end);
    ASSERT_TRUE(failure) << row.http_status;
    EXPECT_EQ(failure->stage, Stage::kFetch);
    EXPECT_EQ(to_string(failure->kind), to_string(row.kind)) << row.http_status;
    EXPECT_EQ(failure->action, row.action) << row.http_status;
    EXPECT_EQ(failure->detail, "HTTP status " + std::to_string(row.http_status));
  }
}

TEST(ClassifyTest, SaysWhatEveryTransferErrorMeans) {
  const Row rows[] = {{CURLE_OPERATION_TIMEDOUT, 0, FailureKind::kTimeout, Action::kRetry},
                      {CURLE_OPERATION_TIMEDOUT, 200, FailureKind::kTimeout, Action::kRetry},
                      {CURLE_COULDNT_RESOLVE_HOST, 0, FailureKind::kNetwork, Action::kRetry},
                      {CURLE_COULDNT_CONNECT, 0, FailureKind::kNetwork, Action::kRetry},
                      {CURLE_RECV_ERROR, 200, FailureKind::kNetwork, Action::kRetry},
                      {CURLE_SEND_ERROR, 0, FailureKind::kNetwork, Action::kRetry},
                      {CURLE_GOT_NOTHING, 0, FailureKind::kNetwork, Action::kRetry},
                      {CURLE_PARTIAL_FILE, 200, FailureKind::kNetwork, Action::kRetry},
                      {CURLE_SSL_CONNECT_ERROR, 0, FailureKind::kNetwork, Action::kRetry},
                      {CURLE_TOO_MANY_REDIRECTS, 302, FailureKind::kNetwork, Action::kSkip},
                      {CURLE_PEER_FAILED_VERIFICATION, 0, FailureKind::kNetwork, Action::kSkip},
                      {CURLE_UNSUPPORTED_PROTOCOL, 302, FailureKind::kBadUrl, Action::kSkip},
                      {CURLE_URL_MALFORMAT, 0, FailureKind::kBadUrl, Action::kSkip}};
  for (const Row& row : rows) {
    TransferEnd end;
    end.curl_code = row.curl_code;
    end.curl_message = "words for " + std::to_string(row.curl_code);
    end.http_status = row.http_status;
    end.body = audio();
    const auto failure = classify(end);
    ASSERT_TRUE(failure) << row.curl_code;
    EXPECT_EQ(to_string(failure->kind), to_string(row.kind)) << end.curl_message;
    EXPECT_EQ(failure->action, row.action) << end.curl_message;
    EXPECT_EQ(failure->detail, end.curl_message);
  }
}

TEST(ClassifyTest, RetriesAnEmptyBody) {
  TransferEnd end;
  end.http_status = 200;
  const auto failure = classify(end);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind, FailureKind::kEmpty);
  EXPECT_EQ(failure->action, Action::kRetry);
  EXPECT_EQ(failure->detail, "HTTP status 200 with an empty body");
}

TEST(ClassifyTest, ShowsHowABodyThatIsNotAudioStarts) {
  const Bytes body = bytes_of("<!DOCTYPE html>\n<html>\x01 \xC3\xA9" + std::string(200, 'x'));
  TransferEnd end;
  end.http_status = 200;
  end.body = body;
  const auto failure = classify(end);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind, FailureKind::kNotAudio);
  EXPECT_EQ(failure->action, Action::kSkip);
  EXPECT_EQ(failure->detail,
            "HTTP status 200, but the body is not audio; it starts with '<!DOCTYPE html>.<html>. ..xxxxxxxxxxxxxx'");
}

TEST(ClassifyTest, ForbiddenAddressAndSizeComeBeforeLibcurlsWords) {
  TransferEnd end;
  end.curl_code = CURLE_COULDNT_CONNECT;
  end.curl_message = "could not connect";
  end.forbidden_address = true;
  auto failure = classify(end);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind, FailureKind::kForbiddenAddress);
  EXPECT_EQ(failure->action, Action::kSkip);
  EXPECT_NE(failure->detail.find("--allow-private-addresses"), std::string::npos) << failure->detail;
  end.forbidden_address = false;
  end.too_large = true;
  end.curl_code = CURLE_WRITE_ERROR;
  failure = classify(end);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind, FailureKind::kTooLarge);
  EXPECT_EQ(failure->action, Action::kSkip);
  EXPECT_NE(failure->detail.find("--max-megabytes"), std::string::npos) << failure->detail;
}

TEST(BackoffTest, DoublesItsCeilingUpToTheLongest) {
  const auto ceiling = [](int attempt) { return backoff(attempt, milliseconds(500), milliseconds(30'000), 1.0); };
  EXPECT_EQ(ceiling(1), milliseconds(500));
  EXPECT_EQ(ceiling(2), milliseconds(1000));
  EXPECT_EQ(ceiling(3), milliseconds(2000));
  EXPECT_EQ(ceiling(6), milliseconds(16'000));
  EXPECT_EQ(ceiling(7), milliseconds(30'000));
  for (const int attempt : {8, 31, 32, 63, 64, 1000, 2'000'000'000}) {
    EXPECT_EQ(ceiling(attempt), milliseconds(30'000)) << attempt;
  }
}

TEST(BackoffTest, IsUniformFromZeroToTheCeiling) {
  EXPECT_EQ(backoff(3, milliseconds(500), milliseconds(30'000), 0.0), milliseconds(0));
  EXPECT_EQ(backoff(3, milliseconds(500), milliseconds(30'000), 0.25), milliseconds(500));
  EXPECT_EQ(backoff(3, milliseconds(500), milliseconds(30'000), 0.5), milliseconds(1000));
  for (int attempt = 1; attempt < 50; ++attempt) {
    for (double uniform = 0.0; uniform < 1.0; uniform += 0.09) {
      const milliseconds wait = backoff(attempt, milliseconds(100), milliseconds(1000), uniform);
      EXPECT_GE(wait, milliseconds(0));
      EXPECT_LE(wait, milliseconds(1000));
    }
  }
}

bool is_private(const char* text) {
  std::array<std::byte, 16> address{};
  if (::inet_pton(AF_INET, text, address.data()) == 1) {
    return is_private_address(AF_INET, std::span(address).first(4));
  }
  if (::inet_pton(AF_INET6, text, address.data()) == 1) return is_private_address(AF_INET6, address);
  throw std::invalid_argument(std::string("no address: ") + text);
}

TEST(PrivateAddressTest, KnowsTheSpecialRangesOfVersionFour) {
  for (const char* address :
       {"0.0.0.0",      "0.1.2.3",         "10.0.0.0",    "10.255.255.255",  "100.64.0.1", "100.127.255.255",
        "127.0.0.1",    "127.255.255.255", "169.254.0.1", "169.254.169.254", "172.16.0.0", "172.31.255.255",
        "192.0.0.1",    "192.0.2.1",       "192.168.0.0", "192.168.255.255", "198.18.0.1", "198.19.255.255",
        "198.51.100.7", "203.0.113.9",     "224.0.0.1",   "239.255.255.255", "240.0.0.1",  "255.255.255.255"}) {
    EXPECT_TRUE(is_private(address)) << address;
  }
}

TEST(PrivateAddressTest, LetsPublicAddressesOfVersionFourPass) {
  for (const char* address :
       {"1.1.1.1",         "8.8.8.8",      "9.255.255.255",   "11.0.0.0",    "100.63.255.255",  "100.128.0.0",
        "126.255.255.255", "128.0.0.0",    "169.253.255.255", "169.255.0.0", "172.15.255.255",  "172.32.0.0",
        "192.0.1.0",       "192.0.3.0",    "192.167.255.255", "192.169.0.0", "198.17.255.255",  "198.20.0.0",
        "198.51.99.255",   "198.51.101.0", "203.0.112.255",   "203.0.114.0", "223.255.255.255", "151.101.1.1"}) {
    EXPECT_FALSE(is_private(address)) << address;
  }
}

TEST(PrivateAddressTest, KnowsTheSpecialRangesOfVersionSix) {
  for (const char* address : {"::", "::1", "fc00::1", "fd12:3456::1", "fe80::1", "febf::1", "fec0::1", "ff02::1",
                              "ff0e::1", "100::1", "64:ff9b:1::1", "4000::1", "1fff::1"}) {
    EXPECT_TRUE(is_private(address)) << address;
  }
}

TEST(PrivateAddressTest, LooksInsideMappedAndTranslatedAddresses) {
  for (const char* address : {"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:192.168.1.1", "::ffff:169.254.169.254",
                              "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "::127.0.0.1", "::10.0.0.1"}) {
    EXPECT_TRUE(is_private(address)) << address;
  }
  EXPECT_FALSE(is_private("::ffff:8.8.8.8"));
  EXPECT_FALSE(is_private("64:ff9b::8.8.8.8"));
}

TEST(PrivateAddressTest, LetsPublicAddressesOfVersionSixPass) {
  for (const char* address : {"2001:4860:4860::8888", "2606:4700:4700::1111", "2a00:1450:4001:80b::200e", "2003:0:1::1",
                              "3000::1", "2400:cb00::1"}) {
    EXPECT_FALSE(is_private(address)) << address;
  }
}

TEST(PrivateAddressTest, LooksInsideSixToFourAddresses) {
  for (const char* address : {"2002:7f00:1::1", "2002:a00:1::1", "2002:c0a8:101::1", "2002:a9fe:a9fe::1"}) {
    EXPECT_TRUE(is_private(address)) << address << " leads to a private address of version four";
  }
}

TEST(PrivateAddressTest, KnowsTheDocumentationRangeOfVersionSix) {
  EXPECT_TRUE(is_private("2001:db8::1")) << "as 192.0.2.1 is in version four";
}

TEST(PrivateAddressTest, TakesWhatItDoesNotKnowAsPrivate) {
  const std::array<std::byte, 16> address{std::byte{8}, std::byte{8}, std::byte{8}, std::byte{8}};
  EXPECT_FALSE(is_private_address(AF_INET, std::span(address).first(4)));
  EXPECT_TRUE(is_private_address(AF_INET, std::span(address).first(3)));
  EXPECT_TRUE(is_private_address(AF_INET, {}));
  EXPECT_TRUE(is_private_address(AF_INET6, std::span(address).first(4)));
  EXPECT_TRUE(is_private_address(AF_UNIX, std::span(address).first(4)));
  EXPECT_TRUE(is_private_address(AF_UNSPEC, {}));
}

}  // namespace
}  // namespace hitscope::ingest
