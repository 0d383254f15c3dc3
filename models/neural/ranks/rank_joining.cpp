#include "models/neural/ranks/rank_joining.h"

#include <netdb.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <stdexcept>
#include <thread>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#include <vector>

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

bool is_stopped(const RankTimeouts& timeouts) {
  return timeouts.stop != nullptr && *timeouts.stop;
}

void refuse_stopped(const RankPlace& place, const RankTimeouts& timeouts) {
  if (is_stopped(timeouts)) {
    throw std::runtime_error("rank " + std::to_string(place.rank) + " was told to stop before all ranks had come");
  }
}

std::string random_number() {
  std::string bytes(32, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) != 1) {
    throw std::runtime_error("OpenSSL has no random numbers");
  }
  return bytes;
}

/// What a rank shows: nobody without the secret can make it, and it is of use for these numbers and this rank only.
std::string proof_of(const std::string& secret, int rank, const std::string& numbers) {
  const std::string text = "hitscope rank " + std::to_string(rank) + "\n" + numbers;
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  const auto* made = HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
                          reinterpret_cast<const unsigned char*>(text.data()), text.size(), bytes.data(), &size);
  if (made == nullptr || size == 0) throw std::runtime_error("OpenSSL computes no HMAC-SHA256 here");
  return {bytes.begin(), bytes.begin() + size};
}

/// Texts that every rank gives and every rank gets.
class Exchange {
 public:
  Exchange(const RankPlace& place, c10d::Store& store, const RankTimeouts& timeouts)
      : place_(place), store_(store), timeouts_(timeouts), until_(Clock::now() + timeouts.join) {}

  std::vector<std::string> all(const std::string& name, const std::string& own) {
    const auto key = [&](int rank) { return name + "/" + std::to_string(rank); };
    store_.set(key(place_.rank), {own.begin(), own.end()});
    std::vector<std::string> texts;
    for (int rank = 0; rank < place_.size; ++rank) {
      while (!store_.check({key(rank)})) wait(rank, name);
      const std::vector<std::uint8_t> bytes = store_.get(key(rank));
      texts.emplace_back(bytes.begin(), bytes.end());
    }
    return texts;
  }

 private:
  void wait(int rank, const std::string& name) {
    refuse_stopped(place_, timeouts_);
    if (Clock::now() > until_) {
      throw std::runtime_error("rank " + std::to_string(place_.rank) + ": rank " + std::to_string(rank) +
                               " did not show its " + name + " within " + in_seconds(timeouts_.join));
    }
    std::this_thread::sleep_for(milliseconds(20));
  }

  const RankPlace& place_;
  c10d::Store& store_;
  const RankTimeouts& timeouts_;
  Clock::time_point until_;
};

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

c10::intrusive_ptr<c10d::Store> connect_store(const RankPlace& place, const RankTimeouts& timeouts, bool serve) {
  constexpr milliseconds kLook{1000};  // LibTorch's attempts cannot be interrupted, so they are short
  c10d::TCPStoreOptions options;
  options.port = static_cast<std::uint16_t>(place.master_port);
  options.isServer = serve;
  options.waitWorkers = false;
  const auto until = Clock::now() + timeouts.join;
  while (true) {
    refuse_stopped(place, timeouts);
    options.timeout = serve ? timeouts.join : std::min(kLook, timeouts.join);
    try {
      const auto store = c10::make_intrusive<c10d::TCPStore>(place.master_address, options);
      store->setTimeout(timeouts.join);
      return store;
    } catch (const std::exception& error) {
      if (!serve && Clock::now() < until) {
        std::this_thread::sleep_for(milliseconds(50));
        continue;
      }
      throw std::runtime_error("rank " + std::to_string(place.rank) +
                               (serve ? " cannot listen at " : " did not reach rank 0 at ") + where(place) +
                               (serve ? ": " : " within " + in_seconds(timeouts.join) + ": ") + first_line(error));
    }
  }
}

void await_all(const RankPlace& place, c10d::Store& store, const RankTimeouts& timeouts) {
  const std::string rank = "rank " + std::to_string(place.rank);
  const std::string of_all = " of " + std::to_string(place.size);
  const auto until = Clock::now() + timeouts.join;
  int n_came = 1;
  const auto fail = [&](const std::string& why) -> std::runtime_error {
    return std::runtime_error(rank + ": " + std::to_string(n_came) + of_all + " ranks connected to " + where(place) +
                              why);
  };
  std::int64_t n_named_so = 0;
  try {
    n_named_so = store.add(here_key(place.rank), 1);
    while (n_named_so == 1 && Clock::now() < until && !is_stopped(timeouts)) {
      int n = 0;
      for (int i = 0; i < place.size; ++i) n += store.add(here_key(i), 0) > 0 ? 1 : 0;
      n_came = n;
      if (n_came == place.size) return;
      std::this_thread::sleep_for(milliseconds(50));
    }
  } catch (const std::exception& error) {
    throw fail(" before rank 0 ended (" + first_line(error) + ")");
  }
  refuse_stopped(place, timeouts);
  if (n_named_so > 1) throw std::invalid_argument("two processes claim to be " + rank + of_all + " at " + where(place));
  throw fail(" within " + in_seconds(timeouts.join));
}

void prove_secret(const RankPlace& place, c10d::Store& store, const RankTimeouts& timeouts) {
  Exchange exchange(place, store, timeouts);
  std::string numbers;
  for (const std::string& number : exchange.all("nonce", random_number())) numbers += number;
  const std::vector<std::string> proofs = exchange.all("proof", proof_of(place.secret, place.rank, numbers));
  for (int rank = 0; rank < place.size; ++rank) {
    const std::string wanted = proof_of(place.secret, rank, numbers);
    const std::string& given = proofs[static_cast<std::size_t>(rank)];
    if (given.size() == wanted.size() && CRYPTO_memcmp(given.data(), wanted.data(), wanted.size()) == 0) continue;
    throw std::runtime_error("rank " + std::to_string(place.rank) + ": rank " + std::to_string(rank) +
                             " does not know the same secret; set HITSCOPE_RANKS_SECRET to the same text for all");
  }
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
