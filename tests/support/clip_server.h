// A small HTTP server on 127.0.0.1 that serves clips and misbehaves on request, for tests of the fetcher.
//
// It listens on an ephemeral port from construction to destruction. Only GET; a path without an answer gets status 404.
// Thread safety: all methods may be called while it serves.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace hitscope::tests {

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
