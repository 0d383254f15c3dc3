#include "ingest/mapped_bytes.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <utility>

namespace hitscope::ingest {

/// Where a mapping lies, for the handler of signals: a list without locks whose places are used again, never freed.
struct MappedBytes::Place {
  std::atomic<bool> is_taken = true;
  std::atomic<std::uint64_t> version = 0;  // odd while the members below change
  std::atomic<std::uintptr_t> begin = 0;
  std::atomic<std::uintptr_t> end = 0;
  std::atomic<MappedBytes*> owner = nullptr;
  Place* next = nullptr;

  void set(std::uintptr_t new_begin, std::uintptr_t new_end, MappedBytes* new_owner) {
    ++version;
    begin = new_begin;
    end = new_end;
    owner = new_owner;
    ++version;
  }

  /// The owner where the address lies in its bytes. A place that changes meanwhile is another mapping's: the one that
  /// is being read stays.
  MappedBytes* owner_of(std::uintptr_t address) const {
    const std::uint64_t before = version;
    const bool holds = address >= begin && address < end;
    MappedBytes* const found = owner;
    return holds && before % 2 == 0 && version == before ? found : nullptr;
  }

  static std::atomic<Place*>& first() {
    static constinit std::atomic<Place*> place = nullptr;
    return place;
  }

  static Place* take() {
    for (Place* place = first(); place != nullptr; place = place->next) {
      if (!place->is_taken.exchange(true)) return place;
    }
    auto* place = new Place;
    place->next = first();
    while (!first().compare_exchange_weak(place->next, place)) {
    }
    return place;
  }
};

namespace {

void* start_of(std::span<const std::byte> bytes) {
  return const_cast<std::byte*>(bytes.data());
}

}  // namespace

MappedBytes::MappedBytes(Descriptor file, std::span<const std::byte> bytes, std::optional<LastWords> when_lost)
    : file_(std::move(file)), bytes_(bytes), when_lost_(std::move(when_lost)), place_(Place::take()) {
  static const bool is_heeded = [] {
    struct sigaction action {};
    action.sa_sigaction = on_bus_error;
    action.sa_flags = SA_SIGINFO;
    return sigaction(SIGBUS, &action, nullptr) == 0;
  }();
  (void)is_heeded;
  const auto begin = reinterpret_cast<std::uintptr_t>(bytes.data());
  place_->set(begin, begin + bytes.size(), this);
}

MappedBytes::~MappedBytes() {
  place_->set(0, 0, nullptr);
  place_->is_taken = false;
  ::munmap(start_of(bytes_), bytes_.size());
}

std::unique_ptr<MappedBytes> MappedBytes::mapped(Descriptor file, std::size_t size,
                                                 std::optional<LastWords> when_lost) {
  void* map = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.get(), 0);
  if (map == MAP_FAILED) return nullptr;
  return std::unique_ptr<MappedBytes>(
      new MappedBytes(std::move(file), {static_cast<const std::byte*>(map), size}, std::move(when_lost)));
}

std::unique_ptr<MappedBytes> MappedBytes::open(const std::filesystem::path& path, std::size_t min_bytes) {
  Descriptor file(open_file(path, O_RDONLY | O_NONBLOCK));  // O_NONBLOCK: opening a named pipe must not hang
  struct stat info {};
  if (file.get() < 0 || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) return nullptr;
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (size == 0 || size < min_bytes || size > kMostMappedBytes) return nullptr;
  auto map = mapped(std::move(file), size, std::nullopt);
  if (map != nullptr) ::madvise(start_of(map->bytes()), size, MADV_SEQUENTIAL);
  return map;
}

std::unique_ptr<MappedBytes> MappedBytes::map(Descriptor file, LastWords when_lost) {
  struct stat info {};
  if (::fstat(file.get(), &info) != 0 || info.st_size == 0) return nullptr;
  return mapped(std::move(file), static_cast<std::size_t>(info.st_size), std::move(when_lost));
}

bool MappedBytes::was_lost() const {
  struct stat info {};
  return is_lost_ || ::fstat(file_.get(), &info) != 0 || static_cast<std::uint64_t>(info.st_size) < bytes_.size();
}

/// The mapping that holds the address.
MappedBytes* MappedBytes::with(const void* address) {
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  for (const Place* place = Place::first(); place != nullptr; place = place->next) {
    if (MappedBytes* const owner = place->owner_of(at)) return owner;
  }
  return nullptr;
}

/// Puts zeros in place of the page that holds the address.
bool MappedBytes::replace_page(void* address) {
  const auto size = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto offset = reinterpret_cast<std::uintptr_t>(address) % size;
  is_lost_ = true;
  return ::mmap(static_cast<std::byte*>(address) - offset, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
                0) != MAP_FAILED;
}

void MappedBytes::on_bus_error(int signal, siginfo_t* info, void* /*context*/) {
  const bool was_sent = info->si_code <= 0;  // by kill() or raise(); there is no address then
  MappedBytes* map = was_sent ? nullptr : with(info->si_addr);
  if (map != nullptr && map->when_lost_) {
    const std::string& text = map->when_lost_->text;
    [[maybe_unused]] const ssize_t n = ::write(STDERR_FILENO, text.data(), text.size());
    ::_exit(map->when_lost_->exit_code);
  }
  if (map != nullptr && map->replace_page(info->si_addr)) return;  // the instruction runs again
  std::signal(signal, SIG_DFL);                                    // not ours: it ends the process
  if (was_sent) std::raise(signal);
}

void forget_pages(std::span<const std::byte> bytes) {
  if (const MappedBytes* map = MappedBytes::with(bytes.data())) {
    ::madvise(start_of(map->bytes()), map->bytes().size(), MADV_DONTNEED);
  }
}

}  // namespace hitscope::ingest
