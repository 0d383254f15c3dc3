#include "ingest/folder.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <iterator>

#include "ingest/input_error.h"

namespace hitscope::ingest {
namespace {

/// openat() component by component, for kernels before 5.6, which lack openat2.
int open_by_components(int folder, const std::filesystem::path& name, int flags) {
  Descriptor at(::dup(folder));
  for (auto part = name.begin(); part != name.end(); ++part) {
    const bool is_last = std::next(part) == name.end();
    if (*part == "..") return errno = EXDEV, -1;
    const int how = is_last ? flags : O_PATH | O_DIRECTORY;
    Descriptor next(::openat(at.get(), part->c_str(), how | O_NOFOLLOW | O_CLOEXEC, 0644));
    if (next.get() < 0 || is_last) return next.release();
    at = std::move(next);
  }
  return errno = ENOENT, -1;
}

/// A descriptor of `name` beneath `folder`, or -1 with errno.
int open_at(int folder, const std::filesystem::path& name, int flags) {
  if (name.empty() || name.is_absolute()) return errno = EXDEV, -1;
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.mode = (flags & O_CREAT) != 0 ? 0644 : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  const long fd = ::syscall(SYS_openat2, folder, name.c_str(), &how, sizeof how);
  if (fd >= 0 || (errno != ENOSYS && errno != EPERM)) return static_cast<int>(fd);  // EPERM: an old seccomp filter
  return open_by_components(folder, name, flags);
}

/// What errno of open_at() means.
std::string open_problem(int error) {
  if (error == ENOENT) return "is missing";
  if (error == ELOOP) return "is a symbolic link, which is not followed";
  if (error == EXDEV) return "leads out of its folder";
  return std::string("cannot be read: ") + std::strerror(error);
}

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& why) {
  throw InputError(path.string() + ": " + why);
}

}  // namespace

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

int open_file(const std::filesystem::path& path, int flags) {
  return ::open(path.c_str(), flags | O_CLOEXEC, 0644);
}

Folder::Folder(std::filesystem::path path)
    : path_(std::move(path)), folder_(open_file(path_.empty() ? "." : path_, O_RDONLY | O_DIRECTORY)) {
  if (folder_.get() < 0) refuse(path_, open_problem(errno));
}

int Folder::open(const std::filesystem::path& name, int flags) const {
  return open_at(folder_.get(), name, flags);
}

Descriptor Folder::open_regular(const std::filesystem::path& name) const {
  Descriptor file(open(name, O_RDONLY | O_NONBLOCK));  // O_NONBLOCK: opening a named pipe must not hang
  if (file.get() < 0) refuse(path_ / name, open_problem(errno));
  struct stat info {};
  if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) refuse(path_ / name, "is not a regular file");
  return file;
}

std::string Folder::read(const std::filesystem::path& name, std::size_t max_bytes) const {
  const Descriptor file = open_regular(name);
  std::string text;
  std::array<char, 1 << 16> block{};
  while (true) {
    const ssize_t n = ::read(file.get(), block.data(), block.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) refuse(path_ / name, open_problem(errno));
    if (n == 0) return text;
    text.append(block.data(), static_cast<std::size_t>(n));
    if (text.size() > max_bytes) refuse(path_ / name, "is over " + std::to_string(max_bytes) + " bytes");
  }
}

bool Folder::has(const std::filesystem::path& name) const {
  return has_entry(path_, name);
}

void Folder::make_folder(const std::filesystem::path& name) const {
  std::filesystem::path made;
  for (const std::filesystem::path& part : name) {
    made /= part;
    if (::mkdirat(folder_.get(), made.c_str(), 0755) != 0 && errno != EEXIST) {
      refuse(path_ / made, std::string("cannot be made: ") + std::strerror(errno));
    }
    const Descriptor is_folder(open(made, O_PATH | O_DIRECTORY));
    if (is_folder.get() < 0) refuse(path_ / made, errno == ENOTDIR ? "is not a folder" : open_problem(errno));
  }
}

std::string read_beneath(const std::filesystem::path& folder, const std::filesystem::path& name,
                         std::size_t max_bytes) {
  if (!has_entry(folder, name)) refuse(folder / name, "is missing");
  return Folder(folder).read(name, max_bytes);
}

bool has_entry(const std::filesystem::path& folder, const std::filesystem::path& name) {
  std::error_code error;
  return std::filesystem::exists(std::filesystem::symlink_status(folder / name, error));
}

}  // namespace hitscope::ingest
