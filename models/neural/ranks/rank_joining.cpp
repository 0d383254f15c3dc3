#include "models/neural/ranks/rank_joining.h"

#include <netdb.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <stdexcept>
#include <thread>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

namespace hitscope::models::neural::ranks {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

sigset_t sigpipe_only() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  return set;
}

std::string where(const RankPlace& place) {
  return place.master_address + ", port " + std::to_string(place.master_port);
}

std::string in_seconds(milliseconds limit) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(limit).count()) + " s";
}

std::string here_key(int rank) {
  return "join/" + std::to_string(rank);
}

}  // namespace

NoSigpipe::NoSigpipe() {
  const sigset_t set = sigpipe_only();
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, &set, &before);
  was_blocked_ = sigismember(&before, SIGPIPE) == 1;
}

NoSigpipe::~NoSigpipe() {
  if (was_blocked_) return;
  const sigset_t set = sigpipe_only();
  const timespec at_once{};
  while (sigtimedwait(&set, nullptr, &at_once) == SIGPIPE) {
  }
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

std::string first_line(const std::exception& error) {
  const auto* of_torch = dynamic_cast<const c10::Error*>(&error);
  const std::string text = of_torch != nullptr ? of_torch->what_without_backtrace() : error.what();
  return text.substr(0, text.find('\n'));
}

void check_place(const RankPlace& place) {
  if (place.size < 1 || place.rank < 0 || place.rank >= place.size) {
    throw std::invalid_argument("rank " + std::to_string(place.rank) + " of " + std::to_string(place.size) +
                                ": it must be 0 or more and less than the number of ranks");
  }
  if (place.master_address.empty() || place.master_port < 1 || place.master_port > 65535) {
    throw std::invalid_argument("the master of the ranks is at '" + place.master_address + "', port " +
                                std::to_string(place.master_port) + ": it must be an address and 1..65535");
  }
}

c10::intrusive_ptr<c10d::Store> connect_store(const RankPlace& place, milliseconds limit, bool serve) {
  c10d::TCPStoreOptions options;
  options.port = static_cast<std::uint16_t>(place.master_port);
  options.isServer = serve;
  options.waitWorkers = false;
  options.timeout = limit;
  try {
    return c10::make_intrusive<c10d::TCPStore>(place.master_address, options);
  } catch (const std::exception& error) {
    throw std::runtime_error("rank " + std::to_string(place.rank) +
                             (serve ? " cannot listen at " : " did not reach rank 0 at ") + where(place) +
                             (serve ? ": " : " within " + in_seconds(limit) + ": ") + first_line(error));
  }
}

void await_all(const RankPlace& place, c10d::Store& store, milliseconds limit) {
  const std::string rank = "rank " + std::to_string(place.rank);
  const std::string of_all = " of " + std::to_string(place.size);
  const auto until = Clock::now() + limit;
  int n_came = 1;
  const auto fail = [&](const std::string& why) -> std::runtime_error {
    return std::runtime_error(rank + ": " + std::to_string(n_came) + of_all + " ranks connected to " + where(place) +
                              why);
  };
  std::int64_t n_named_so = 0;
  try {
    n_named_so = store.add(here_key(place.rank), 1);
    while (n_named_so == 1 && Clock::now() < until) {
      int n = 0;
      for (int i = 0; i < place.size; ++i) n += store.add(here_key(i), 0) > 0 ? 1 : 0;
      n_came = n;
      if (n_came == place.size) return;
      std::this_thread::sleep_for(milliseconds(50));
    }
  } catch (const std::exception& error) {
    throw fail(" before rank 0 ended (" + first_line(error) + ")");
  }
  if (n_named_so > 1) throw std::invalid_argument("two processes claim to be " + rank + of_all + " at " + where(place));
  throw fail(" within " + in_seconds(limit));
}

std::string own_address(const RankPlace& place) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(place.master_address.c_str(), std::to_string(place.master_port).c_str(), &hints, &found) != 0) {
    return "";
  }
  std::string result;
  for (const addrinfo* a = found; a != nullptr && result.empty(); a = a->ai_next) {
    const int fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
    if (fd < 0) continue;
    // Connecting a datagram socket sends nothing; it only chooses the way.
    sockaddr_storage own{};
    socklen_t size = sizeof own;
    std::array<char, NI_MAXHOST> text{};
    auto* address = reinterpret_cast<sockaddr*>(&own);
    if (connect(fd, a->ai_addr, a->ai_addrlen) == 0 && getsockname(fd, address, &size) == 0 &&
        getnameinfo(address, size, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) == 0) {
      result = text.data();
    }
    close(fd);
  }
  freeaddrinfo(found);
  return result;
}

}  // namespace hitscope::models::neural::ranks
