// A file of a folder, mapped into memory to be read.
//
// A mapping does not survive that its file is cut, or that the disk or the server behind it is lost: touching what is
// gone raises SIGBUS. That ends the process with a message that names the file, and exit code 3: the same command
// continues once the file is whole again.
// Thread safety: make and destroy objects in one thread; any number of threads may read the bytes.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace hitscope::apps::spectrograms {

class MappedFile {
 public:
  /// Maps the regular file `path` beneath its folder. Throws UsageError where it is empty or cannot be mapped, and as
  /// ingest::Folder::open_regular.
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace hitscope::apps::spectrograms
