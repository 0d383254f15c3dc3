#include "ingest/browser_url.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "ingest/host_header.h"
#include "ingest/url.h"

namespace hitscope::ingest {
namespace browser_url_test {

using namespace std::string_literals;

TEST(BrowserUrlTest, TakesWhatWasPastedAsBrowsersDo) {
  for (const auto& [text, url] :
       {std::pair(" http://h/a?1 "s, "http://h/a?1"s),
        {"\x01\x1F\n http://h/a\r\n\t ", "http://h/a"},
        {"ht\ntp://h/a\r\nb\tc", "http://h/abc"},
        {"http://h/My Song.mp3", "http://h/My%20Song.mp3"},
        {"http://h/S\xC3\xB6ng.mp3?q=\xC3\xB6 1#\xC3\xB6", "http://h/S%C3%B6ng.mp3?q=%C3%B6%201#%C3%B6"},
        {"http://h/My%20S%C3%B6ng.mp3", "http://h/My%20S%C3%B6ng.mp3"},
        {"http://h/100%/%zz/%2F", "http://h/100%/%zz/%2F"},
        {"http://h/\"<>`{}^|[]?\"<>'`{}^|\\", "http://h/%22%3C%3E%60%7B%7D%5E|[]?%22%3C%3E%27`{}^|\\"},
        {"http:\\\\h\\a\\b?c\\d", "http://h/a/b?c\\d"},
        {"http://h/a\x7F\x80", "http://h/a%7F%80"},
        {"http://h/a\0b"s, "http://h/a%00b"},
        {"http://us er:p\xC3\xB6@h/a@b", "http://us%20er:p%C3%B6@h/a@b"},
        {"HTTP://H/A", "HTTP://H/A"},
        {"http://h?a/b", "http://h?a/b"}}) {
    EXPECT_EQ(browser_url(text), url);
    EXPECT_EQ(browser_url(url), url) << "nothing is encoded twice";
  }
}

TEST(BrowserUrlTest, LeavesWhatIsNotOfTheWebButForBlanks) {
  for (const std::string text :
       {"", "not a url", "//h/a b", "ftp://h/a b", "file:///a\\b", "https", "httpx://\xC3\xB6"}) {
    EXPECT_EQ(browser_url("\n " + text + "\t"), text);
  }
}

TEST(BrowserUrlTest, NamesOneHostInOneWay) {
  for (const char* host :
       {"m\xC3\xBCnchen.de", "M\xC3\x9CNCHEN.de", "mu\xCC\x88nchen.DE", "m%C3%BCnchen.de", "xn--mnchen-3ya.de",
        "m\xC3\xBCnchen\xE3\x80\x82"
        "de"}) {
    EXPECT_EQ(host_of("http://"s + host + "/a"), "xn--mnchen-3ya.de:80") << host;
  }
  EXPECT_EQ(browser_url("https://u:p@m\xC3\xBCnchen.de:8443/\xC3\xBC"), "https://u:p@xn--mnchen-3ya.de:8443/%C3%BC");
  EXPECT_EQ(browser_url("http://[2001:DB8::1]:8080/a b"), "http://[2001:DB8::1]:8080/a%20b");
  EXPECT_EQ(host_of("http://[2001:DB8:0::1]:8080/a b"), host_of("http://[2001:db8::1]:8080/c"));
  // Digits of full width: whoever checks the address must see the same one as whoever connects.
  EXPECT_EQ(host_of("http://\xEF\xBC\x91\xEF\xBC\x92\xEF\xBC\x97.0.0.1/"), "127.0.0.1:80");
  const auto header = HostHeader::parse("M\xC3\xBCnchen.de:8080=X: 1");
  ASSERT_TRUE(header);
  EXPECT_TRUE(header->is_for("xn--mnchen-3ya.de:8080"));
}

TEST(AsciiHostTest, IsTheNameThatIsLookedUp) {
  EXPECT_EQ(ascii_host("stra\xC3\x9F"
                       "e.de"),
            "xn--strae-oqa.de")
      << "as browsers have it, not strasse.de";
  EXPECT_EQ(ascii_host("\xE2\x98\x83.net"), "xn--n3h.net") << "a picture";
  EXPECT_EQ(ascii_host("Example_1.com"), "Example_1.com");
  EXPECT_EQ(ascii_host("[::1]"), "[::1]");
}

TEST(AsciiHostTest, NoLetterOrCodeBringsAMarkThatEndsAHost) {
  for (const char* host : {"\xE2\x84\x80.de" /* a/c */,
                           "a\xEF\xBC\x8F"
                           "b.de",
                           "a%2Fb.de", "a%40b.de", "a%00.de", "a%20b.de", "\xFF.de", "%C3.de", "-\xC3\xBC.de"}) {
    EXPECT_FALSE(ascii_host(host)) << host;
    EXPECT_TRUE(url_problem(browser_url("http://"s + host + "/")) ||
                host_of("http://"s + host + "/").find('/') == std::string::npos);
  }
}

TEST(UrlProblemTest, NamesWhatIsMissing) {
  EXPECT_EQ(url_problem("//h/a.mp3"), "has no scheme; write https: or http: before its slashes");
  EXPECT_NE(url_problem(browser_url("http://\xE2\x84\x80.de/")).value_or("").find("cannot be a host's name"),
            std::string::npos);
  for (const char* url : {"http://::1/", "http://h:99999/", "http://a b/", "http://[::1/"}) {
    EXPECT_TRUE(url_problem(browser_url(url))) << url;
  }
}

TEST(UrlProblemTest, RefusesPortsOfOtherServices) {
  for (const char* url : {"http://h:25/a", "https://h:22/", "http://h:6667", "http://u:p@[::1]:10080/", "http://h:1/",
                          "http://h:0025/"}) {
    const auto problem = url_problem(url);
    ASSERT_TRUE(problem) << url;
    EXPECT_NE(problem->find("belongs to another service"), std::string::npos) << *problem;
  }
  for (const char* url : {"http://h/", "https://h/", "http://h:8080/", "http://h:8000/", "http://h:443/",
                          "http://h:6670/", "http://h:2/"}) {
    EXPECT_EQ(url_problem(url), std::nullopt) << url;
  }
}

TEST(ResolvedTest, ReadsTheLocationAsBrowsersDo) {
  const std::string base = "http://h/a/b?c";
  for (const auto& [location, url] : {std::pair(" /My Song.mp3\n"s, "http://h/My%20Song.mp3"s),
                                      {"S\xC3\xB6ng.mp3?\xC3\xB6", "http://h/a/S%c3%b6ng.mp3?%c3%b6"},
                                      {"S%C3%B6ng%20.mp3", "http://h/a/S%C3%B6ng%20.mp3"},
                                      {"//m\xC3\xBCnchen.de/x y", "http://xn--mnchen-3ya.de/x%20y"},
                                      {"https://m\xC3\xBCnchen.de/\xC3\xBC", "https://xn--mnchen-3ya.de/%C3%BC"},
                                      {"\thttp://[::1]:8080/x ", "http://[::1]:8080/x"}}) {
    EXPECT_EQ(resolved(base, location), url);
  }
}

}  // namespace browser_url_test
}  // namespace hitscope::ingest
