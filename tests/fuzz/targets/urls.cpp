// Two URLs, on two lines: the second is where the first redirects to. Also as the value of --header.
#include <algorithm>

#include "ingest/browser_url.h"
#include "ingest/fetch_policy.h"
#include "ingest/host_header.h"
#include "ingest/url.h"
#include "tests/fuzz/target.h"

FUZZ_TARGET(urls) {
  using namespace hitscope;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = std::min(text.find('\n'), text.size());
  const std::string url = text.substr(0, cut);
  const std::string target = text.substr(std::min(text.size(), cut + 1));
  const bool is_good = !ingest::url_problem(url);
  const std::string read = ingest::browser_url(url);
  tests::promise(ingest::browser_url(read) == read, "nothing is encoded twice");
  if (!ingest::url_problem(read)) {
    const auto plain = [](char c) { return c > 0x20 && c < 0x7F; };
    tests::promise(std::all_of(read.begin(), read.end(), plain), "what is requested is plain ASCII");
    tests::promise(ingest::host_of(read).find_first_of("/?#@\\") == std::string::npos, "a host has no path");
  }
  const std::string shown = ingest::without_password(url);
  if (is_good) {
    tests::promise(!ingest::host_of(url).empty(), "a URL that is accepted has a host");
    tests::promise(ingest::without_password(shown) == shown, "a mask is not masked again");
    tests::promise(ingest::same_resource(url, url), "a URL is the same resource as itself");
  }
  (void)ingest::scheme_of(url);
  (void)ingest::link_expiry(url);
  const std::string there = ingest::resolved(url, target);
  if (!ingest::redirect_problem(url, there, 1, {5, false})) {
    const std::string scheme = ingest::scheme_of(there);
    tests::promise(scheme == "http" || scheme == "https", "redirects lead to http and https only");
    tests::promise(ingest::scheme_of(url) != "https" || scheme == "https", "https is not downgraded");
  }
  (void)ingest::link_expiry(there);
  if (const auto header = ingest::HostHeader::parse(text)) {
    tests::promise(header->line.find_first_of("\r\n") == std::string::npos, "a header is one line");
    (void)header->is_for(ingest::host_of(url));
  }
  return 0;
}
