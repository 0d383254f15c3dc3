#include "tests/support/clip_server.h"

#include <httplib.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

namespace hitscope::tests {
namespace {

using std::chrono::milliseconds;
constexpr const char* kBinary = "application/octet-stream";

using Answer = std::function<void(httplib::Response& response, const Asked& asked)>;

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// Announces `length` bytes, sends `body`, then asks `go_on` until it says no, and closes the connection.
void send_less_than_promised(httplib::Response& response, std::string body, std::size_t length,
                             std::function<bool(httplib::DataSink&)> go_on) {
  response.set_content_provider(
      length, kBinary,
      [body = std::move(body), go_on = std::move(go_on)](std::size_t, std::size_t, httplib::DataSink& sink) {
        if (!sink.write(body.data(), body.size())) return false;
        while (go_on(sink)) std::this_thread::sleep_for(milliseconds(5));
        return false;
      });
}

}  // namespace

struct ClipServer::Impl {
  httplib::Server server;
  int port = 0;
  std::thread thread;
  std::atomic<bool> stopping{false};
  mutable std::mutex mutex;  // guards all below
  std::map<std::string, Answer> answers;
  std::map<std::string, std::vector<Asked>> logs;
  int n_busy = 0;
  int most_busy = 0;
  std::filesystem::path folder;

  void set(const std::string& path, Answer answer) {
    const std::lock_guard lock(mutex);
    answers[path] = std::move(answer);
  }

  /// Counts the requests that are being answered.
  struct Busy {
    explicit Busy(Impl& i) : impl(i) {
      const std::lock_guard lock(impl.mutex);
      impl.most_busy = std::max(impl.most_busy, ++impl.n_busy);
    }
    ~Busy() {
      const std::lock_guard lock(impl.mutex);
      --impl.n_busy;
    }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;
    Impl& impl;
  };

  void handle(const httplib::Request& request, httplib::Response& response) {
    const Busy busy(*this);
    // cpp-httplib obeys Range whatever If-Range says; here the answers decide.
    const_cast<httplib::Request&>(request).ranges.clear();
    Answer answer;
    Asked asked;
    for (const auto& [name, value] : request.headers) asked.headers[lower(name)] = value;
    std::filesystem::path file;
    {
      const std::lock_guard lock(mutex);
      asked.count = static_cast<int>(logs[request.path].size()) + 1;
      logs[request.path].push_back(asked);
      if (const auto found = answers.find(request.path); found != answers.end()) answer = found->second;
      const std::string name = request.path.substr(1);
      const bool plain = !name.empty() && name.find('/') == std::string::npos && name.front() != '.';
      if (plain && !folder.empty()) file = folder / name;
    }
    if (answer) return answer(response, asked);
    std::ifstream stream(file, std::ios::binary);
    if (file.empty() || !stream || !std::filesystem::is_regular_file(file)) {
      response.status = 404;
      return;
    }
    response.set_content(std::string(std::istreambuf_iterator<char>(stream), {}), kBinary);
  }
};

ClipServer::ClipServer() : impl_(std::make_unique<Impl>()) {
  Impl& impl = *impl_;
  // A kept-alive connection holds a thread: enough of them for every test's connections, and not for long.
  impl.server.new_task_queue = [] { return new httplib::ThreadPool(40); };
  impl.server.set_keep_alive_timeout(1);
  impl.server.set_tcp_nodelay(true);
  impl.server.Get(
      ".*", [&impl](const httplib::Request& request, httplib::Response& response) { impl.handle(request, response); });
  impl.port = impl.server.bind_to_any_port("127.0.0.1");
  if (impl.port < 1) throw std::runtime_error("the test server finds no free port on 127.0.0.1");
  impl.thread = std::thread([&impl] { impl.server.listen_after_bind(); });
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!impl.server.is_running() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(milliseconds(1));
  }
}

ClipServer::~ClipServer() {
  impl_->stopping = true;
  impl_->server.stop();
  impl_->thread.join();
}

std::string ClipServer::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(impl_->port) + path;
}

int ClipServer::port() const {
  return impl_->port;
}

int ClipServer::requests(const std::string& path) const {
  const std::lock_guard lock(impl_->mutex);
  std::size_t sum = 0;
  for (const auto& [name, log] : impl_->logs) sum += path.empty() || name == path ? log.size() : 0;
  return static_cast<int>(sum);
}

std::vector<Asked> ClipServer::log(const std::string& path) const {
  const std::lock_guard lock(impl_->mutex);
  const auto found = impl_->logs.find(path);
  return found == impl_->logs.end() ? std::vector<Asked>() : found->second;
}

int ClipServer::most_at_once() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->most_busy;
}

void ClipServer::answer(const std::string& path, std::function<Reply(const Asked&)> reply) {
  impl_->set(path, [this, make = std::move(reply)](httplib::Response& response, const Asked& asked) {
    Reply reply = make(asked);
    if (reply.delay.count() > 0) std::this_thread::sleep_for(reply.delay);
    response.status = reply.status;
    for (const auto& [name, value] : reply.headers) response.set_header(name, value);
    if (!reply.cut) {
      if (!reply.body.empty()) response.set_content(reply.body, kBinary);
      return;
    }
    send_less_than_promised(response, reply.body.substr(0, *reply.cut), reply.body.size(),
                            [this, stalls = reply.stalls](httplib::DataSink& sink) {
                              return stalls && !impl_->stopping && sink.is_writable();
                            });
  });
}

void ClipServer::serve_ranges(const std::string& path, std::string body, std::string etag,
                              std::vector<std::size_t> cuts) {
  answer(path, [body = std::move(body), etag = std::move(etag), cuts = std::move(cuts)](const Asked& asked) {
    Reply reply;
    reply.headers = {{"ETag", etag}, {"Accept-Ranges", "bytes"}};
    reply.body = body;
    const std::string range = asked.header("range");
    if (range.starts_with("bytes=") && range.ends_with("-") && asked.header("if-range") == etag) {
      const std::size_t first = std::stoul(range.substr(6));
      reply.status = 206;
      reply.body = body.substr(first);
      reply.headers.emplace_back(
          "Content-Range",
          "bytes " + std::to_string(first) + "-" + std::to_string(body.size() - 1) + "/" + std::to_string(body.size()));
    }
    const auto index = static_cast<std::size_t>(asked.count) - 1;
    if (index < cuts.size()) reply.cut = cuts[index];
    return reply;
  });
}

void ClipServer::serve(const std::string& path, std::string body, std::string content_type) {
  impl_->set(path, [body = std::move(body), type = std::move(content_type)](httplib::Response& response, const Asked&) {
    response.set_content(body, type);
  });
}

void ClipServer::serve_chunked(const std::string& path, std::string body, int n) {
  impl_->set(path, [body = std::move(body), n](httplib::Response& response, const Asked&) {
    response.set_chunked_content_provider(kBinary, [body, n](std::size_t, httplib::DataSink& sink) {
      for (int i = 0; i < n; ++i) {
        if (!sink.write(body.data(), body.size())) return false;
      }
      sink.done();
      return true;
    });
  });
}

void ClipServer::serve_file_folder(const std::filesystem::path& folder) {
  const std::lock_guard lock(impl_->mutex);
  impl_->folder = folder;
}

void ClipServer::fail_first(const std::string& path, int n, int status, std::optional<int> retry_after_s,
                            std::string body) {
  impl_->set(path, [=, body = std::move(body)](httplib::Response& response, const Asked& asked) {
    if (asked.count > n) return response.set_content(body, kBinary);
    response.status = status;
    if (retry_after_s) response.set_header("Retry-After", std::to_string(*retry_after_s));
  });
}

void ClipServer::always(const std::string& path, int status, std::string body) {
  impl_->set(path, [status, body = std::move(body)](httplib::Response& response, const Asked&) {
    response.status = status;
    if (!body.empty()) response.set_content(body, "text/html");
  });
}

void ClipServer::redirect(const std::string& path, std::string target) {
  impl_->set(path, [target = std::move(target)](httplib::Response& response, const Asked&) {
    response.status = 302;
    response.set_header("Location", target);
  });
}

void ClipServer::stall(const std::string& path, std::string body, milliseconds longest) {
  impl_->set(path, [this, body = std::move(body), longest](httplib::Response& response, const Asked&) {
    const auto deadline = std::chrono::steady_clock::now() + longest;
    send_less_than_promised(response, body, 2 * body.size(), [this, deadline](httplib::DataSink& sink) {
      return !impl_->stopping && sink.is_writable() && std::chrono::steady_clock::now() < deadline;
    });
  });
}

void ClipServer::cut_short(const std::string& path, std::string body, int n) {
  impl_->set(path, [body = std::move(body), n](httplib::Response& response, const Asked& asked) {
    if (asked.count > n) return response.set_content(body, kBinary);
    send_less_than_promised(response, body, 2 * body.size(), [](httplib::DataSink&) { return false; });
  });
}

}  // namespace hitscope::tests
