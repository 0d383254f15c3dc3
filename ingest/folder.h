// A folder that may come from elsewhere, and what lies in it.
//
// A file in it is opened beneath it: nothing leads out of the folder, no link is followed, whatever a file of the
// folder names. Written for folders that are handed over, not against somebody who changes them meanwhile. Thread
// safety: const member functions may be called by any number of threads.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>

namespace hitscope::ingest {

/// Closes a file descriptor.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}  ///< owns `fd`; -1: none
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

/// open() with O_CLOEXEC and mode 0644: a descriptor, or -1 with errno.
int open_file(const std::filesystem::path& path, int flags);

inline constexpr std::size_t kMostJsonBytes = std::size_t{16} << 20U;   ///< of a JSON file that a folder holds
inline constexpr std::size_t kMostWeightBytes = std::size_t{4} << 30U;  ///< of a head's file

class Folder {
 public:
  /// Throws InputError where it cannot be opened.
  explicit Folder(std::filesystem::path path);

  const std::filesystem::path& path() const { return path_; }
  /// A descriptor of `name` (which may have folders in it), or -1 with errno: ELOOP for a link, EXDEV for a name that
  /// leads out.
  int open(const std::filesystem::path& name, int flags) const;
  /// A descriptor of the regular file `name` for reading. Throws InputError saying why there is none.
  Descriptor open_regular(const std::filesystem::path& name) const;
  /// Its contents. Throws InputError, too, for a file over `max_bytes`.
  std::string read(const std::filesystem::path& name, std::size_t max_bytes) const;
  /// Whether there is an entry `name`, of whatever kind; a link counts, wherever it leads.
  bool has(const std::filesystem::path& name) const;
  /// Makes the folder `name` unless it is there. Throws InputError where something else is, a link for example.
  void make_folder(const std::filesystem::path& name) const;

 private:
  std::filesystem::path path_;
  Descriptor folder_;
};

/// Folder(folder).read(name, max_bytes).
std::string read_beneath(const std::filesystem::path& folder, const std::filesystem::path& name, std::size_t max_bytes);

/// Whether `folder` has an entry `name`, of whatever kind; false where there is no folder.
bool has_entry(const std::filesystem::path& folder, const std::filesystem::path& name);

}  // namespace hitscope::ingest
