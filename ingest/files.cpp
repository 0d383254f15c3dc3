#include "ingest/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

#include "ingest/input_error.h"
#include "ingest/sha256.h"

namespace hitscope::ingest {
namespace {

[[noreturn]] void fail(const std::string& what, const std::filesystem::path& path) {
  throw std::system_error(errno, std::generic_category(), what + " " + path.string());
}

void sync(const std::filesystem::path& path, int flags) {
  const Descriptor file(open_file(path, flags));
  if (file.get() < 0 || ::fsync(file.get()) != 0) fail("cannot sync", path);
}

Failure unreadable(const std::filesystem::path& path, const std::string& why) {
  return {Stage::kDecode, FailureKind::kUnreadable, path.string() + ": " + why};
}

}  // namespace

void write_all(int fd, std::span<const std::byte> bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail("cannot write", path);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
}

std::optional<Failure> read_file(const std::filesystem::path& path, std::size_t max_bytes,
                                 std::vector<std::byte>& bytes) {
  const Descriptor file(open_file(path, O_RDONLY | O_NONBLOCK));  // O_NONBLOCK: opening a named pipe must not hang
  if (file.get() < 0) return unreadable(path, std::strerror(errno));
  struct stat info {};
  if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) return unreadable(path, "not a regular file");
  const auto size = static_cast<std::size_t>(info.st_size);
  if (size > max_bytes) {
    return Failure{Stage::kDecode, FailureKind::kTooLarge,
                   path.string() + ": " + std::to_string(size) + " bytes; the limit is " + std::to_string(max_bytes)};
  }
  bytes.resize(size);
  std::size_t done = 0;
  while (done < size) {
    const ssize_t n = ::read(file.get(), bytes.data() + done, size - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return unreadable(path, std::strerror(errno));
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  bytes.resize(done);
  return std::nullopt;
}

tl::expected<std::vector<std::byte>, Failure> read_file(const std::filesystem::path& path, std::size_t max_bytes) {
  std::vector<std::byte> bytes;
  if (auto failure = read_file(path, max_bytes, bytes)) return tl::make_unexpected(std::move(*failure));
  return bytes;
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::error_code error;
  if (!file || std::filesystem::is_directory(path, error)) {
    throw InputError(path.string() + ": is missing or cannot be read");
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  std::filesystem::path temporary = path;
  temporary += ".tmp";
  try {
    write_all(create_file(temporary).get(), bytes, path);
    publish_file(temporary, path);
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
}

void write_file(const std::filesystem::path& path, std::string_view text) {
  write_file(path, std::as_bytes(std::span(text.data(), text.size())));
}

Descriptor create_file(const std::filesystem::path& path) {
  constexpr int kNew = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
  Descriptor file(open_file(path, kNew));
  if (file.get() < 0 && errno == EEXIST) {
    if (::unlink(path.c_str()) != 0) fail("cannot remove", path);
    file = Descriptor(open_file(path, kNew));
  }
  if (file.get() < 0) fail("cannot create", path);
  return file;
}

void copy_file(const Folder& folder, const std::filesystem::path& name, const std::filesystem::path& to,
               std::size_t max_bytes) {
  std::size_t left = max_bytes;
  const Descriptor from = folder.open_regular(name);
  const Descriptor copy = create_file(to);
  std::vector<std::byte> block(1U << 18U);
  while (const ssize_t n = ::read(from.get(), block.data(), block.size())) {
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail("cannot read", folder.path() / name);
    const auto size = static_cast<std::size_t>(n);
    if (size > left)
      throw InputError((folder.path() / name).string() + ": is over " + std::to_string(max_bytes) + " bytes");
    left -= size;
    write_all(copy.get(), std::span(block).first(size), to);
  }
}

void publish_file(const std::filesystem::path& temporary, const std::filesystem::path& final_path) {
  sync(temporary, O_RDONLY);
  if (::rename(temporary.c_str(), final_path.c_str()) != 0) fail("cannot rename to", final_path);
  const std::filesystem::path folder = final_path.parent_path();
  sync(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY);
}

void sync_file_system(const std::filesystem::path& folder) {
  const Descriptor file(open_file(folder, O_RDONLY | O_DIRECTORY));
  if (file.get() < 0 || ::syncfs(file.get()) != 0) fail("cannot sync", folder);
}

std::string safe_file_name(std::string_view id) {
  constexpr std::size_t kLongest = 120;
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string name;
  for (const char c : id) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || (c == '.' && !name.empty());
    if (plain) {
      name += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      name += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
    }
  }
  if (name.size() <= kLongest) return name;
  return name.substr(0, kLongest - 33) + "~" + sha256_hex(std::as_bytes(std::span(id.data(), id.size()))).substr(0, 32);
}

namespace {

constexpr const char* kLockFile = ".lock";

Descriptor lock_file(const std::filesystem::path& folder) {
  for (std::filesystem::path path = folder; !path.empty(); path = path.parent_path()) {
    std::error_code error;
    const auto type = std::filesystem::status(path, error).type();
    const bool may_hold_it =
        type == std::filesystem::file_type::directory || type == std::filesystem::file_type::unknown;
    if (type == std::filesystem::file_type::not_found) continue;
    if (!may_hold_it) throw InputError(folder.string() + " cannot be a folder: " + path.string() + " is a file");
    break;
  }
  std::filesystem::create_directories(folder);
  Descriptor file(open_file(folder / kLockFile, O_RDWR | O_CREAT | O_NOFOLLOW));
  if (file.get() < 0) fail("cannot create", folder / kLockFile);
  return file;
}

}  // namespace

FolderLock::FolderLock(const std::filesystem::path& folder) : FolderLock(folder, lock_file(folder), LOCK_EX) {}

FolderLock FolderLock::reading(const std::filesystem::path& folder) {
  Descriptor file(open_file(folder / kLockFile, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
  if (file.get() < 0 && errno != ENOENT)
    fail("cannot open", folder / kLockFile);  // without one nobody has written there
  return {folder, std::move(file), LOCK_SH};
}

FolderLock::FolderLock(const std::filesystem::path& folder, Descriptor file, int how) : file_(std::move(file)) {
  if (file_.get() < 0 || ::flock(file_.get(), how | LOCK_NB) == 0) return;
  if (errno != EWOULDBLOCK) fail("cannot lock", folder / kLockFile);
  throw std::runtime_error("another hitscope process is using " + folder.string() +
                           "; wait until it has finished, or stop it");
}

}  // namespace hitscope::ingest
