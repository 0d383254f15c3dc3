// Reads and writes whole files: reading is bounded, writing uses a temporary file, fsync and rename. Locks folders.
//
// A reader never sees a partial file, and kill -9 leaves either the old file or the new one. Folders may come from
// elsewhere: what lies in them is opened beneath them, and nothing is written through a link that they hold.
// Thread safety: free functions without shared state; a FolderLock belongs to one thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "ingest/failure.h"
#include "ingest/folder.h"

namespace hitscope::ingest {

/// The bytes of a regular file. Failures (stage kDecode): kUnreadable, kTooLarge.
tl::expected<std::vector<std::byte>, Failure> read_file(const std::filesystem::path& path, std::size_t max_bytes);

/// Reads a file into `bytes`, whose memory is reused, because clearing megabytes for every clip is measurable.
std::optional<Failure> read_file(const std::filesystem::path& path, std::size_t max_bytes,
                                 std::vector<std::byte>& bytes);

/// The contents of a text file that the user names. Throws InputError naming a file that cannot be read.
std::string read_text(const std::filesystem::path& path);

/// Writes all `bytes` to the open file `fd`, which errors call `path`. Throws std::system_error.
void write_all(int fd, std::span<const std::byte> bytes, const std::filesystem::path& path);

/// Writes `bytes` to `path`, durably and atomically. Throws std::system_error (a full disk, no permission).
void write_file(const std::filesystem::path& path, std::span<const std::byte> bytes);
void write_file(const std::filesystem::path& path, std::string_view text);

/// An empty file under this name, open for writing: what a killed run left there goes, and a link is removed, not
/// followed. Throws std::system_error.
Descriptor create_file(const std::filesystem::path& path);

/// Copies the regular file `name` of a folder that may come from elsewhere. Throws as Folder::open_regular and
/// create_file, and InputError for a file over `max_bytes`.
void copy_file(const Folder& folder, const std::filesystem::path& name, const std::filesystem::path& to,
               std::size_t max_bytes);

/// Syncs a file that has been written and renames it to its final name. Throws std::system_error.
void publish_file(const std::filesystem::path& temporary, const std::filesystem::path& final_path);

/// Waits until everything written to the file system of `folder` is on the disk. Throws std::system_error.
void sync_file_system(const std::filesystem::path& folder);

/// A track id as a file name: letters, digits, '-', '_' and inner '.' are kept, other bytes become %XX. A name of more
/// than 120 bytes is cut and ends with a hash of the id. Different ids give different names.
std::string safe_file_name(std::string_view id);

/// Holds `folder`/.lock until destroyed, so that two processes never write one folder.
class FolderLock {
 public:
  /// Creates the folder if needed. Throws std::runtime_error when another process holds it.
  explicit FolderLock(const std::filesystem::path& folder);
  /// For a folder that is only read, by one of several perhaps: nothing is created in it. Throws as the other.
  static FolderLock reading(const std::filesystem::path& folder);
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  FolderLock(const std::filesystem::path& folder, Descriptor file, int how);

  Descriptor file_;
};

}  // namespace hitscope::ingest
