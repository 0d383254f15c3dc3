// What the tests of the fetcher share: a client that puts bodies together, and a server to fetch from.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "ingest/fetcher.h"
#include "tests/support/audio_fixtures.h"
#include "tests/support/clip_server.h"

namespace hitscope::ingest {

struct Fetched {
  FetchResult result;
  std::string body;  ///< put together of the pieces and the last one

  bool is_clip() const { return result.body.has_value(); }
  std::string kind() const { return is_clip() ? "a clip" : std::string(to_string(result.body.error().kind)); }
  std::string detail() const { return is_clip() ? "" : result.body.error().detail; }
};

/// Gives the rows of a list and holds every promise that the fetcher makes its client against what it does.
class CollectingClient : public FetchClient {
 public:
  explicit CollectingClient(std::vector<FetchRequest> requests) : requests_(std::move(requests)) {
    for (const FetchRequest& request : requests_) {
      if (request.part) parts_[request.id] = std::string(request.part->n_bytes, '?');
    }
  }

  Next next(FetchRequest& request) override {
    if (i_ == requests_.size()) return Next::kEnd;
    request = requests_[i_++];
    return Next::kRow;
  }
  void piece(const FetchRequest& request, const BodyOrigin& origin, std::size_t offset, std::string bytes) override {
    std::string& part = parts_[request.id];
    EXPECT_TRUE(offset == 0 || offset == part.size()) << "a piece at " << offset << " of " << part.size() << " bytes";
    EXPECT_FALSE(bytes.empty());
    part.resize(offset);
    part += bytes;
    pieces[request.id].push_back(bytes.size());
    origins[request.id] = origin;
  }
  void done(FetchResult&& result) override {
    Fetched fetched{std::move(result), ""};
    if (fetched.is_clip()) {
      const FetchedBody& body = *fetched.result.body;
      const std::string& part = parts_[fetched.result.request.id];
      const std::size_t offset = body.n_bytes - body.last.size();
      EXPECT_TRUE(offset == 0 || offset == part.size()) << "the end is at " << offset << " of " << part.size();
      fetched.body = part.substr(0, offset) + body.last;
      EXPECT_EQ(fetched.body.size(), body.n_bytes);
    }
    const std::size_t row = fetched.result.request.row;
    order.push_back(row);
    const auto [place, is_new] = results.emplace(row, std::move(fetched));
    EXPECT_TRUE(is_new) << "row " << row << " came twice";
    if (on_done) on_done(place->second);
  }
  void paused(const HostPause& pause) override { pauses.push_back(pause); }

  std::size_t n_given() const { return i_; }
  const std::string& part(const std::string& id) { return parts_[id]; }

  std::map<std::size_t, Fetched> results;  ///< by row
  std::vector<std::size_t> order;          ///< rows as they were done
  std::map<std::string, std::vector<std::size_t>> pieces;
  std::map<std::string, BodyOrigin> origins;
  std::vector<HostPause> pauses;
  std::function<void(const Fetched&)> on_done;

 private:
  std::vector<FetchRequest> requests_;
  std::size_t i_ = 0;
  std::map<std::string, std::string> parts_;
};

class FetcherFixture : public testing::Test {
 protected:
  using Clock = std::chrono::steady_clock;

  static void SetUpTestSuite() {
    // A proxy would be asked for 127.0.0.1 in our place.
    for (const char* name : {"http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"}) ::unsetenv(name);
  }

  static FetchConfig quick_config() {
    FetchConfig config;
    config.max_attempts = 3;
    config.host.first_backoff = std::chrono::milliseconds(1);
    config.host.longest_backoff = std::chrono::milliseconds(10);
    config.host.max_failures = 1000;
    config.connect_timeout = std::chrono::seconds(5);
    config.total_timeout = std::chrono::seconds(30);
    config.allow_private_addresses = true;
    return config;
  }

  /// One URL a row; the first is row 2, "id2".
  static std::vector<FetchRequest> rows_of(const std::vector<std::string>& urls) {
    std::vector<FetchRequest> requests;
    for (std::size_t i = 0; i < urls.size(); ++i) {
      requests.push_back({i + 2, "id" + std::to_string(i + 2), {urls[i]}, std::nullopt});
    }
    return requests;
  }

  static std::optional<Failure> run(const FetchConfig& config, CollectingClient& client) {
    const std::atomic<bool> stop{false};
    return Fetcher(config).run(client, stop);
  }

  /// Results by row; every row must come exactly once.
  static std::map<std::size_t, Fetched> fetch_all(const FetchConfig& config, const std::vector<std::string>& urls) {
    CollectingClient client(rows_of(urls));
    EXPECT_FALSE(run(config, client));
    EXPECT_EQ(client.results.size(), urls.size());
    return std::move(client.results);
  }

  static Fetched fetch(const FetchConfig& config, const std::string& url) {
    return fetch(config, {2, "id2", {url}, {}});
  }
  static Fetched fetch(const FetchConfig& config, FetchRequest request) {
    CollectingClient client({std::move(request)});
    EXPECT_FALSE(run(config, client));
    return client.results.empty() ? Fetched{} : std::move(client.results.begin()->second);
  }

  static std::chrono::milliseconds since(Clock::time_point begin) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
  }

  /// The same server under another name: another host for the fetcher.
  std::string other_url(const std::string& path) const {
    return "http://localhost:" + std::to_string(server_.port()) + path;
  }

  const std::string clip_ = tests::string_of(tests::wav_int16({.n_frames = 5000}));
  tests::ClipServer server_;
};

}  // namespace hitscope::ingest
