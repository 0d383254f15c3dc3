// A small HTTP server on 127.0.0.1 that serves clips and misbehaves on request, for tests of the fetcher.
//
// It listens on an ephemeral port from construction to destruction. Only GET; a path without an answer gets status 404.
// Thread safety: all methods may be called while it serves.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hitscope::tests {

/// A request as it came: the `count`-th for its path, counting from 1.
struct Asked {
  int count = 0;
  std::map<std::string, std::string> headers;  ///< names in lower case

  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

struct Reply {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::optional<std::size_t> cut;  ///< all of `body` is promised, but only so many bytes of it are sent
  bool stalls = false;             ///< and then the connection stays open for as long as the client and the server do
  std::chrono::milliseconds delay{0};  ///< before the answer begins
};

class ClipServer {
 public:
  ClipServer();
  ~ClipServer();
  ClipServer(const ClipServer&) = delete;
  ClipServer& operator=(const ClipServer&) = delete;

  /// http://127.0.0.1:PORT and `path`, which begins with '/'.
  std::string url(const std::string& path) const;
  int port() const;
  /// How many requests for `path` came so far; of all paths where it is empty.
  int requests(const std::string& path = "") const;
  /// The requests for `path` in the order in which they came.
  std::vector<Asked> log(const std::string& path) const;
  /// Most requests that it was busy answering at one time, up to where the body begins.
  int most_at_once() const;

  /// Whatever `reply` says; it is called in several threads.
  void answer(const std::string& path, std::function<Reply(const Asked&)> reply);
  /// A body with an ETag that can be continued: Range is obeyed where If-Range names `etag`. The n-th answer breaks off
  /// after cuts[n - 1] bytes; those after the last are whole.
  void serve_ranges(const std::string& path, std::string body, std::string etag, std::vector<std::size_t> cuts = {});

  /// Status 200 with `body`.
  void serve(const std::string& path, std::string body, std::string content_type = "application/octet-stream");
  /// Status 200 with `body` `n` times over, in chunks and without a Content-Length.
  void serve_chunked(const std::string& path, std::string body, int n);
  /// GET /NAME gives the file `folder`/NAME, for every path that has no answer of its own.
  void serve_file_folder(const std::filesystem::path& folder);
  /// `status` for the first `n` requests, with Retry-After if given; status 200 with `body` from then on.
  void fail_first(const std::string& path, int n, int status, std::optional<int> retry_after_s, std::string body);
  /// `status` with `body` for ever.
  void always(const std::string& path, int status, std::string body);
  /// Status 302 to `target`, a path of this server or any URL.
  void redirect(const std::string& path, std::string target);
  /// Sends `body` as the first half of what it promises, then nothing until the client or the server gives up, or
  /// `longest` has passed.
  void stall(const std::string& path, std::string body, std::chrono::milliseconds longest = std::chrono::seconds(20));
  /// Promises twice the length of `body`, sends `body` and closes the connection: for the first `n` requests, then
  /// status 200 with all of `body`.
  void cut_short(const std::string& path, std::string body, int n = 1'000'000);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hitscope::tests
