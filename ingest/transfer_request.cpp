// Transfer's dealings with libcurl before and during a request: options and callbacks.
#include <arpa/inet.h>
#include <curl/curl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <span>
#include <stdexcept>

#include "ingest/host_header.h"
#include "ingest/transfer.h"
#include "ingest/url.h"

namespace hitscope::ingest {
namespace {

static_assert(CURL_ERROR_SIZE <= 256);

template <typename T>
void set(void* easy, CURLoption option, T value) {
  if (curl_easy_setopt(easy, option, value) != CURLE_OK) throw std::runtime_error("libcurl refuses an option");
}

std::span<const std::byte> address_bytes(const curl_sockaddr& address) {
  const sockaddr* any = &address.addr;
  if (address.family == AF_INET) {
    return std::as_bytes(std::span(&reinterpret_cast<const sockaddr_in*>(any)->sin_addr, 1));
  }
  if (address.family == AF_INET6) {
    return std::as_bytes(std::span(&reinterpret_cast<const sockaddr_in6*>(any)->sin6_addr, 1));
  }
  return {};
}

}  // namespace

void EasyHandleCleanup::operator()(void* easy) const {
  curl_easy_cleanup(easy);
}

struct Transfer::Callbacks {
  /// Exceptions must not pass through libcurl, so they are stored and the transfer ends.
  template <typename Take>
  static std::size_t take(void* self, std::size_t n, const Take& on_bytes) {
    auto* transfer = static_cast<Transfer*>(self);
    try {
      return on_bytes(*transfer) ? n : 0;
    } catch (...) {
      transfer->exception_ = std::current_exception();
      return 0;
    }
  }
  static std::size_t header(char* data, std::size_t size, std::size_t count, void* self) {
    return take(self, size * count, [&](Transfer& t) { return t.on_header({data, size * count}); });
  }
  static std::size_t body(char* data, std::size_t size, std::size_t count, void* self) {
    return take(self, size * count, [&](Transfer& t) { return t.on_body({data, size * count}); });
  }
  /// It is called with the address after name resolution, so a changing DNS answer cannot bypass the check.
  static curl_socket_t open_socket(void* self, curlsocktype, curl_sockaddr* address) {
    auto* transfer = static_cast<Transfer*>(self);
    if (auto problem = transfer->config_.address_problem(address->family, address_bytes(*address)); !problem.empty()) {
      transfer->forbidden_address_ = std::move(problem);
      return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  }

  /// Sets the options that are the same for every request of a transfer.
  static void set_options(Transfer& t) {
    CURL* handle = t.easy_.get();
    set(handle, CURLOPT_PRIVATE, &t);
    set(handle, CURLOPT_HEADERFUNCTION, &header);
    set(handle, CURLOPT_HEADERDATA, &t);
    set(handle, CURLOPT_WRITEFUNCTION, &body);
    set(handle, CURLOPT_WRITEDATA, &t);
    set(handle, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
    set(handle, CURLOPT_OPENSOCKETDATA, &t);
    set(handle, CURLOPT_ERRORBUFFER, t.error_.data());
    set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    set(handle, CURLOPT_DEFAULT_PROTOCOL, "none");             // not to guess one where none is given
    set(handle, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);  // a transfer is a connection, as the budget counts them
    set(handle, CURLOPT_NOSIGNAL, 1L);
    set(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);  // a proxy's headers are not the answer's
    set(handle, CURLOPT_QUICK_EXIT, 1L);                // a name look-up that hangs must not hold up the other hosts
    set(handle, CURLOPT_BUFFERSIZE, 256L << 10U);
    set(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(t.config_.connect_timeout.count()));
    set(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(t.config_.total_timeout.count()));
    set(handle, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(t.config_.max_bytes()));
    set(handle, CURLOPT_USERAGENT, t.config_.user_agent.c_str());
  }

  /// Those of this row and host only: a handle keeps the cookies of the row that it served before.
  static void set_cookies(Transfer& t) {
    CURL* handle = t.easy_.get();
    set(handle, CURLOPT_COOKIEFILE, static_cast<const char*>(nullptr));
    set(handle, CURLOPT_COOKIEFILE, "");
    for (const std::string& cookie : t.cookies_[t.host_]) set(handle, CURLOPT_COOKIELIST, cookie.c_str());
  }
};

void* Transfer::prepare(EasyHandle easy, Time now) {
  easy_ = std::move(easy);
  CURL* handle = easy_.get();
  curl_easy_reset(handle);
  set(handle, CURLOPT_URL, url_.c_str());
  Callbacks::set_options(*this);
  Callbacks::set_cookies(*this);
  // libcurl asks again by itself where a connection used before turns out to be dead: not after a failure.
  if (wants_new_connection_) set(handle, CURLOPT_FRESH_CONNECT, 1L);
  if (!config_.use_proxy) set(handle, CURLOPT_PROXY, "");
  curl_slist_free_all(static_cast<curl_slist*>(header_list_));
  curl_slist* list = nullptr;
  const std::string& own_url = candidates_[candidate_].url;
  if (host_ == host_of(own_url) && scheme_of(url_) == scheme_of(own_url)) {
    for (const std::string& text : config_.headers) {
      const auto header = HostHeader::parse(text);
      if (header && header->is_for(host_)) list = curl_slist_append(list, header->line.c_str());
    }
  }
  // The part of another URL is kept until this one gives bytes. A validator is told to nobody but the host that gave
  // it.
  continues_ = can_continue() && origin_.url == candidates_[candidate_].url && origin_.host == host_;
  if (continues_) {
    set(handle, CURLOPT_RANGE, (std::to_string(n_bytes()) + "-").c_str());
    list = curl_slist_append(list, ("If-Range: " + origin_.validator).c_str());
  }
  header_list_ = list;
  if (list != nullptr) set(handle, CURLOPT_HTTPHEADER, list);
  headers_ = {};
  other_body_.clear();
  gzip_.reset();
  error_.front() = '\0';
  forbidden_address_.clear();
  too_large_ = too_slow_ = bad_headers_ = wrong_range_ = false;
  n_received_ = 0;
  started_ = now;
  checks_.assign(1, {now, 0});
  if (n_redirects_ == 0) ++n_attempts_;
  return handle;
}

}  // namespace hitscope::ingest
