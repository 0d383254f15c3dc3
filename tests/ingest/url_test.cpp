#include "ingest/url.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "ingest/host_header.h"

namespace hitscope::ingest {
namespace url_test {

using Time = std::chrono::system_clock::time_point;

/// Seconds since 1970, or nothing.
std::optional<std::int64_t> expiry_of(const std::string& url) {
  const auto time = link_expiry(url);
  if (!time) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::seconds>(time->time_since_epoch()).count();
}

TEST(HostOfTest, IsTheHostAndItsPort) {
  for (const auto& [url, host] : {std::pair("http://example.com/a", "example.com:80"),
                                  {"https://example.com/a", "example.com:443"},
                                  {"https://example.com", "example.com:443"},
                                  {"http://example.com:8080/a?b#c", "example.com:8080"},
                                  {"http://example.com:80/", "example.com:80"},
                                  {"HTTPS://EXAMPLE.com/A", "example.com:443"},
                                  {"http://user:secret@example.com/a", "example.com:80"},
                                  {"http://user@example.com:81/a@b", "example.com:81"},
                                  {"http://127.0.0.1:9/a", "127.0.0.1:9"},
                                  {"http://[::1]/a", "[::1]:80"},
                                  {"http://[2001:DB8::1]:8080/a", "[2001:db8::1]:8080"}}) {
    EXPECT_EQ(host_of(url), host) << url;
  }
}

TEST(HostOfTest, OneHostHasOneNameUnderBothSchemesOnlyWithItsPort) {
  EXPECT_NE(host_of("http://example.com/"), host_of("https://example.com/"));
  EXPECT_EQ(host_of("http://example.com:443/"), host_of("https://example.com/"));
}

TEST(HostOfTest, IsTheUrlItselfWhereItCannotBeParsed) {
  for (const char* url : {"", "no url", "http://", "http://example.com:port/", "http://exa mple.com/"}) {
    EXPECT_EQ(host_of(url), url);
  }
}

TEST(UrlProblemTest, ATextThatGoesOnBehindANulIsNoUrl) {
  using namespace std::string_literals;
  for (const std::string& url : {"https://cdn.t\0.example/a"s, "http://127.0.0.1\0.example/"s, "http://a/\0"s}) {
    EXPECT_TRUE(url_problem(url)) << url;
    EXPECT_EQ(host_of("http://a\0b/"s), "http://a\0b/"s) << "not that of what comes before";
  }
  EXPECT_TRUE(url_problem(resolved("http://public.example/a", "http://127.0.0.1\0.example/"s)));
  EXPECT_TRUE(url_problem(resolved("http://public.example/a", "b\0c"s))) << "nor the rest of one";
}

TEST(SchemeOfTest, IsInLowerCaseOrEmpty) {
  for (const auto& [url, scheme] : {std::pair("http://a", "http"),
                                    {"HTTPS://a", "https"},
                                    {"file:///etc/passwd", "file"},
                                    {"data:text/plain,a", "data"},
                                    {"/a/b", ""},
                                    {"", ""}}) {
    EXPECT_EQ(scheme_of(url), scheme) << url;
  }
}

TEST(LinkExpiryTest, ReadsEveryVendorsWay) {
  constexpr std::int64_t k2023 = 1'700'000'000;  // 2023-11-14 22:13:20
  for (const char* url :
       {"https://h/a.mp3?exp=1700000000", "https://h/a.mp3?x=1&Expires=1700000000&Signature=abc~def&Key-Pair-Id=K",
        "https://h/a?EXPIRES=1700000000", "https://h/a?expiry=1700000000",
        "https://h/a.mp3?hdnea=exp=1700000000~acl=/a/*~hmac=00ff",
        "https://h/a?hdnea=st=1600000000~exp=1700000000~acl=/*", "https://h/a?token=exp%3D1700000000~acl%3D%2F",
        "https://h/a?exp=1700000000000",
        "https://b.s3.amazonaws.com/"
        "a?X-Amz-Algorithm=A&X-Amz-Date=20231114T211320Z&X-Amz-Expires=3600&X-Amz-Signature=0",
        "https://storage.googleapis.com/b/a?X-Goog-Date=20231114T220320Z&X-Goog-Expires=600",
        "https://x.blob.core.windows.net/c/a?sv=2022-11-02&se=2023-11-14T22%3A13%3A20Z&sr=b&sig=a%2Bb%3D",
        "https://h/a?se=2023-11-14T22:13:20Z"}) {
    EXPECT_EQ(expiry_of(url), k2023) << url;
  }
}

TEST(LinkExpiryTest, SaysNothingWhereTheUrlSaysNothing) {
  for (const char* url :
       {"", "no url", "https://h/a.mp3", "https://h/exp=1700000000/a.mp3", "https://h/a?export=1700000000",
        "https://h/a#exp=1700000000", "https://h/a?X-Amz-Expires=3600", "https://h/a?X-Amz-Date=20231114T211320Z"}) {
    EXPECT_EQ(expiry_of(url), std::nullopt) << url;
  }
}

TEST(LinkExpiryTest, SaysNothingWhereTheValueIsNoTime) {
  for (const char* url :
       {"https://h/a?exp=", "https://h/a?exp=soon", "https://h/a?exp=3600", "https://h/a?exp=-1700000000",
        "https://h/a?exp=1700000000x", "https://h/a?exp=17000000000000000000000000", "https://h/a?exp=1.7e9",
        "https://h/a?exp=9223372036854775807", "https://h/a?se=2023-11-14", "https://h/a?se=2023-13-14T22:13:20Z",
        "https://h/a?se=2023-02-30T22:13:20Z", "https://h/a?X-Amz-Date=yesterday&X-Amz-Expires=3600",
        "https://h/a?X-Amz-Date=20231114T211320Z&X-Amz-Expires=-1",
        "https://h/a?X-Amz-Date=20231114T211320Z&X-Amz-Expires=99999999999999999999"}) {
    EXPECT_EQ(expiry_of(url), std::nullopt) << url;
  }
}

TEST(LinkExpiryTest, LinksMadeToLastForEverHaveNotEnded) {
  for (const char* url :
       {"https://h/a?exp=9999999999", "https://h/a?Expires=99999999999", "https://h/a?exp=9999999999999",
        "https://h/a?exp=99999999999999", "https://h/a?se=9999-12-31T23:59:59Z", "https://h/a?se=2300-01-01T00:00:00Z",
        "https://h/a?X-Amz-Date=99991231T235959Z&X-Amz-Expires=3600"}) {
    const auto expiry = link_expiry(url);
    EXPECT_TRUE(!expiry || *expiry > std::chrono::system_clock::now()) << url << " ended " << *expiry_of(url);
  }
}

TEST(HostHeaderTest, IsForOneHost) {
  const auto header = HostHeader::parse("API.example.com=Authorization: Bearer a=b");
  ASSERT_TRUE(header);
  EXPECT_EQ(header->line, "Authorization: Bearer a=b");
  EXPECT_TRUE(header->is_for("api.example.com:443"));
  EXPECT_TRUE(header->is_for("api.example.com:80"));
  EXPECT_FALSE(header->is_for("api.example.com.evil.org:443"));
  EXPECT_FALSE(header->is_for("evil-api.example.com:443"));
  const auto with_port = HostHeader::parse("h:8080=X: 1");
  ASSERT_TRUE(with_port);
  EXPECT_TRUE(with_port->is_for("h:8080"));
  EXPECT_FALSE(with_port->is_for("h:80"));
  for (const char* bad : {"Authorization: x", "=X: 1", "h=X", "h=: 1", "h=X y: 1", "h=X: a\r\nY: b", "h/a=X: 1", ""}) {
    EXPECT_FALSE(HostHeader::parse(bad)) << bad;
  }
}

TEST(WithoutPasswordTest, HidesThePasswordAndNothingElse) {
  EXPECT_EQ(without_password("https://user:secret@h:8443/a?b=c@d"), "https://user:***@h:8443/a?b=c@d");
  EXPECT_EQ(without_password("https://user@h/a"), "https://***@h/a") << "it may be a token";
  EXPECT_EQ(without_password("https://h/a@b"), "https://h/a@b");
  EXPECT_EQ(without_password("user:secret@ no URL"), "***@ no URL");
  EXPECT_EQ(without_password("https://user:secret@h:port/a"), "https://***@h:port/a");
}

TEST(SameResourceTest, ANewSignatureIsTheSameFile) {
  EXPECT_TRUE(same_resource("https://h/a.mp3", "https://h/a.mp3"));
  EXPECT_TRUE(same_resource("https://h/a.mp3?exp=1700000000&sig=1", "https://h/a.mp3?exp=1800000000&sig=2"));
  EXPECT_TRUE(same_resource("https://h/a?id=1&exp=1700000000&sig=x", "https://h/a?sig=y&exp=1800000000&id=1"));
  EXPECT_TRUE(same_resource("https://h/a?hdnea=exp=1700000000~hmac=1", "https://h/a?hdnea=exp=1800000000~hmac=2"));
}

TEST(SameResourceTest, AnotherPathOrAnUnsignedQueryIsAnotherFile) {
  EXPECT_FALSE(same_resource("https://h/a.mp3", "https://h/b.mp3"));
  EXPECT_FALSE(same_resource("https://h/a?id=1", "https://h/a?id=2"));
  EXPECT_FALSE(same_resource("https://h/a?exp=1700000000", "https://h/b?exp=1700000000"));
  EXPECT_FALSE(same_resource("https://h/a?exp=1700000000", "https://g/a?exp=1700000000"));
  EXPECT_FALSE(same_resource("https://h/a?exp=1700000000", "https://h/a"));
  EXPECT_FALSE(same_resource("https://h/a?exp=1700000000", "https://h/a?id=1"));
  EXPECT_FALSE(same_resource("https://h/a?id=1&exp=1700000000&sig=x", "https://h/a?id=2&exp=1800000000&sig=y"));
  EXPECT_FALSE(same_resource("https://h/a?exp=1700000000", "https://h/ab?exp=1700000000"));
}

TEST(UrlProblemTest, NamesAHostThatWouldBeDecodedTwice) {
  for (const char* url :
       {"http://%25555\xCA\x8C/", "http:/%25555\xCA\x8C", "http://a%2541.example/", "http://%2525/"}) {
    const auto problem = url_problem(url);
    ASSERT_TRUE(problem) << url;
    EXPECT_NE(problem->find("cannot be a host's name"), std::string::npos) << *problem;
  }
}

TEST(UrlProblemTest, RefusesAddressesWithAZone) {
  for (const char* url : {"http://[fe80::1%25eth0]/a", "http://[fe80::1%eth0]/a", "https://[2001:4860::1%251]:8443/",
                          "http:/[::%\xA0"
                          "00]"}) {
    EXPECT_NE(url_problem(url).value_or("").find("a zone"), std::string::npos) << url;
  }
  EXPECT_FALSE(url_problem("https://[2001:4860::1]:8443/"));
}

}  // namespace url_test
}  // namespace hitscope::ingest
