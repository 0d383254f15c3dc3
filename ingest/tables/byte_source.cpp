#include "ingest/tables/byte_source.h"

// inflate() and not gzread(): that one loses bytes when a signal interrupts it on a pipe, waits until its buffer is
// full, and drops what it had decoded of a block when it meets damage in it.
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "ingest/inflation.h"
#include "ingest/tables/text_encoding.h"

namespace hitscope::ingest::tables {
namespace {

constexpr std::size_t kInputBytes = 1 << 16;
constexpr std::size_t kBlockBytes = 1 << 18;
// A pipe's first bytes are waited for: the first rows long, as a program may print its header before it has any, the
// rest until it pauses.
constexpr std::size_t kFirstLines = 5;
constexpr std::chrono::milliseconds kWaitForFirstLines{3000};
constexpr std::chrono::milliseconds kPause{200};
constexpr std::chrono::milliseconds kLongestWait{4000};
constexpr int kGzipOnly = 16 + MAX_WBITS;

Failure unreadable(const std::string& why) {
  return {Stage::kCatalogue, FailureKind::kUnreadable, why, Action::kStop};
}

Failure bomb(const std::string& why) {
  return {Stage::kCatalogue, FailureKind::kTooLarge, why, Action::kStop};
}

Failure damaged(const std::string& how) {
  return unreadable("the gzip data is damaged (" + how + ")");
}

}  // namespace

struct ByteSource::Impl {
  using Count = tl::expected<std::size_t, Failure>;  // 0 at the end

  Impl(int descriptor, std::string name_) : fd(descriptor), name(std::move(name_)) {
    struct stat status {};
    if (::fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) n_file_bytes = status.st_size;
    n_taken = std::max<off_t>(::lseek(fd, 0, SEEK_CUR), 0);  // a shell may have read the first lines
  }
  ~Impl() {
    if (is_gzip) inflateEnd(&stream);
    ::close(fd);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Count read_file(char* to, std::size_t room) {
    while (true) {
      const ssize_t n = ::read(fd, to, room);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return tl::make_unexpected(unreadable(std::string("cannot be read (") + std::strerror(errno) + ")"));
      n_taken += n;
      return static_cast<std::size_t>(n);
    }
  }

  /// Reads until `wanted` bytes are waiting in `input` or the file has ended.
  std::optional<Failure> wait_for(std::size_t wanted) {
    if (input.empty()) input.resize(kInputBytes);
    if (input_begin == input_end) input_begin = input_end = 0;
    if (input_begin + wanted > input.size()) {
      std::copy(input.data() + input_begin, input.data() + input_end, input.data());
      input_end -= std::exchange(input_begin, 0);
    }
    while (input_end - input_begin < wanted) {
      const Count n = read_file(input.data() + input_end, input.size() - input_end);
      if (!n) return n.error();
      if (*n == 0) break;
      input_end += *n;
    }
    return std::nullopt;
  }

  bool at_gzip() const {
    return input_end - input_begin >= 2 && input[input_begin] == '\x1F' && input[input_begin + 1] == '\x8B';
  }

  std::optional<Failure> begin() {
    if (auto failure = wait_for(2)) return failure;
    if (!at_gzip()) return std::nullopt;
    if (inflateInit2(&stream, kGzipOnly) != Z_OK) throw std::bad_alloc();
    is_gzip = true;
    in_member = true;
    return std::nullopt;
  }

  Count plain(char* to, std::size_t room) {
    if (input_begin == input_end) return read_file(to, room);
    const std::size_t n = std::min(room, input_end - input_begin);
    std::copy_n(input.data() + input_begin, n, to);
    input_begin += n;
    return n;
  }

  Count inflated(char* to, std::size_t room) {
    while (true) {
      if (auto failure = wait_for(in_member ? 1 : 2)) return tl::make_unexpected(*failure);
      if (!in_member && !at_gzip()) return 0;
      if (input_begin == input_end) return tl::make_unexpected(damaged("it is cut short"));
      in_member = true;
      stream.next_in = reinterpret_cast<Bytef*>(input.data() + input_begin);
      stream.avail_in = static_cast<uInt>(input_end - input_begin);
      stream.next_out = reinterpret_cast<Bytef*>(to);
      stream.avail_out = static_cast<uInt>(room);
      const int code = inflate(&stream, Z_NO_FLUSH);
      input_begin = input_end - stream.avail_in;
      if (code == Z_MEM_ERROR) throw std::bad_alloc();
      if (code == Z_STREAM_END) {
        inflateReset(&stream);
        in_member = false;
      } else if (code != Z_OK && code != Z_BUF_ERROR) {
        waiting_failure = damaged(stream.msg != nullptr ? stream.msg : "zlib error " + std::to_string(code));
      }
      n_inflated += room - stream.avail_out;
      if (inflates_too_far(static_cast<std::uint64_t>(n_taken), n_inflated)) {
        waiting_failure =
            bomb("the gzip data inflates to more than " + std::to_string(kMostInflation) +
                 " times its size, as no table does; if it is to be trusted, inflate it (gzip -d) and give the result");
        return tl::make_unexpected(*waiting_failure);
      }
      if (const std::size_t n = room - stream.avail_out; n > 0) return n;
      if (waiting_failure) return tl::make_unexpected(*waiting_failure);
    }
  }

  /// The file's own bytes, inflated.
  Count raw(char* to, std::size_t room) {
    if (waiting_failure) return tl::make_unexpected(*waiting_failure);
    Count n = is_gzip ? inflated(to, room) : plain(to, room);
    if (!n) waiting_failure = n.error();
    return n;
  }

  Count more(char* to, std::size_t room) {
    if (utf16) return converted(to, room);
    Count n = raw(to, room);
    if (!n || !std::exchange(is_first_read, false)) return n;
    const std::string_view bytes(to, *n);
    const auto order = utf16_order(bytes);
    if (!order) return n;
    utf16.emplace(*order);
    waiting = bytes;
    return converted(to, room);
  }

  /// Bytes of a file in UTF-16 as UTF-8.
  Count converted(char* to, std::size_t room) {
    while (true) {
      if (const std::size_t n = utf16->convert(waiting, to, room); n > 0) return n;
      const std::size_t kept = waiting.size();
      waiting.resize(kept + kInputBytes);
      const Count n = raw(waiting.data() + kept, kInputBytes);
      waiting.resize(kept + n.value_or(0));
      if (!n) return n;
      if (*n == 0) return 0;
    }
  }

  /// Whether bytes are waiting, or come before a pipe that sends a row at a time would send the next.
  bool comes_soon(std::chrono::steady_clock::time_point began, std::size_t n_lines) const {
    using std::chrono::milliseconds;
    if (input_begin != input_end) return true;
    const auto gone = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - began);
    const milliseconds left = n_lines < kFirstLines ? kWaitForFirstLines - gone : std::min(kPause, kLongestWait - gone);
    pollfd waiting_for{fd, POLLIN, 0};
    return ::poll(&waiting_for, 1, static_cast<int>(std::max(left, milliseconds(0)).count())) > 0;
  }

  /// The first block is gathered, its first line whole, so that the table can be judged; later bytes are taken as they
  /// come.
  void fill_block() {
    if (block.empty()) {
      block.resize(kBlockBytes);
      if (auto failure = begin()) waiting_failure = failure;
      is_first_block = true;
    }
    n_block = 0;
    std::size_t n_lines = 0;
    const auto began = std::chrono::steady_clock::now();
    constexpr std::size_t kLongestCharacter = 4;  // of UTF-8
    while (block.size() - n_block >= kLongestCharacter) {
      const Count n = more(block.data() + n_block, block.size() - n_block);
      if (!n || *n == 0) break;
      const std::string_view fresh(block.data() + n_block, *n);
      n_block += *n;
      if (!is_first_block) break;
      n_lines += static_cast<std::size_t>(std::count(fresh.begin(), fresh.end(), '\n'));
      if (n_lines > 0 && !comes_soon(began, n_lines)) break;
    }
    is_first_block = false;
  }

  int fd;
  std::string name;
  off_t n_file_bytes = -1;  // -1: no regular file
  off_t n_taken = 0;
  std::uint64_t n_inflated = 0;
  std::uint64_t n_returned = 0;
  std::vector<char> input;  // as the file has it, compressed or the first bytes
  std::size_t input_begin = 0;
  std::size_t input_end = 0;
  bool is_gzip = false;
  bool in_member = false;
  z_stream stream{};
  std::vector<char> block;
  std::size_t n_block = 0;
  bool is_first_block = false;
  bool is_peeked = false;
  std::optional<Failure> waiting_failure;
  bool is_first_read = true;
  std::optional<Utf16Decoder> utf16;
  std::string waiting;  // UTF-16: bytes that are not yet converted
};

ByteSource::ByteSource(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ByteSource::ByteSource(Descriptor file, std::string name)
    : impl_(std::make_unique<Impl>(file.release(), std::move(name))) {}
ByteSource::~ByteSource() = default;
ByteSource::ByteSource(ByteSource&&) noexcept = default;
ByteSource& ByteSource::operator=(ByteSource&&) noexcept = default;

tl::expected<ByteSource, Failure> ByteSource::open(const std::filesystem::path& path) {
  const bool is_standard_input = path == "-";
  const std::string name = is_standard_input ? "standard input" : path.string();
  const int fd =
      is_standard_input ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  int error = fd < 0 ? errno : 0;
  struct stat status {};
  if (fd >= 0 && ::fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) {
    ::close(fd);
    error = EISDIR;
  }
  if (error == 0) return ByteSource(std::make_unique<Impl>(fd, name));
  const std::string why = name + ": cannot be opened (" + std::strerror(error) + ")";
  return tl::make_unexpected(Failure{Stage::kCatalogue, FailureKind::kBadFile, why, Action::kStop});
}

const std::string& ByteSource::name() const {
  return impl_->name;
}

tl::expected<std::string_view, Failure> ByteSource::peek() {
  if (!std::exchange(impl_->is_peeked, true)) {
    impl_->fill_block();
    impl_->n_returned += impl_->n_block;
  }
  if (impl_->n_block == 0 && impl_->waiting_failure) return tl::make_unexpected(*impl_->waiting_failure);
  return std::string_view(impl_->block.data(), impl_->n_block);
}

tl::expected<std::string_view, Failure> ByteSource::read() {
  auto bytes = peek();
  impl_->is_peeked = false;
  return bytes;
}

bool ByteSource::is_utf16() const {
  return impl_->utf16.has_value();
}

std::uint64_t ByteSource::n_bytes() const {
  return impl_->n_returned;
}

double ByteSource::fraction_read() const {
  if (impl_->n_file_bytes < 0) return -1.0;
  if (impl_->n_file_bytes == 0) return 1.0;
  const auto n_waiting = static_cast<off_t>(impl_->input_end - impl_->input_begin);
  const auto fraction = static_cast<double>(impl_->n_taken - n_waiting) / static_cast<double>(impl_->n_file_bytes);
  return std::clamp(fraction, 0.0, 1.0);
}

}  // namespace hitscope::ingest::tables
