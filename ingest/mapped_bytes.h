// A file mapped into memory to be read.
//
// A file may become shorter while it is read, or its disk be lost: touching what is gone of a mapping raises SIGBUS. A
// handler, the process's from the first mapping on, answers that either with a page of zeros, which was_lost() tells,
// or with last words and the end of the process. A SIGBUS of anything else ends the process. Pages that were read are
// let go by forget_pages().
// Thread safety: objects may be made and destroyed in any thread; any number of threads may read the bytes.
#pragma once

#include <atomic>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "ingest/folder.h"

namespace hitscope::ingest {

/// What is said of a mapped file that is lost while it is read.
inline constexpr const char* kLostWhileRead = "became shorter, or its disk was lost, while it was read";

/// Largest file, in bytes, that is mapped: a day of 96 kHz stereo in 32 bits.
inline constexpr std::size_t kMostMappedBytes = std::size_t{1} << 36U;

class MappedBytes {
 public:
  /// What is written to stderr, with its newline, and the exit code, when bytes are gone.
  struct LastWords {
    std::string text;
    int exit_code = 1;
  };

  /// Maps a regular file of `min_bytes` to kMostMappedBytes, to be read once from begin to end; what is gone reads as
  /// zeros. Null for any other file, and where it cannot be opened or mapped.
  static std::unique_ptr<MappedBytes> open(const std::filesystem::path& path, std::size_t min_bytes);
  /// Maps all of an open file, whose loss ends the process. Null for an empty one, and where it cannot be mapped.
  static std::unique_ptr<MappedBytes> map(Descriptor file, LastWords when_lost);
  ~MappedBytes();
  MappedBytes(const MappedBytes&) = delete;
  MappedBytes& operator=(const MappedBytes&) = delete;

  std::span<const std::byte> bytes() const { return bytes_; }
  /// Whether some of the bytes were gone before they were read.
  bool was_lost() const;

 private:
  friend void forget_pages(std::span<const std::byte> bytes);
  struct Place;

  MappedBytes(Descriptor file, std::span<const std::byte> bytes, std::optional<LastWords> when_lost);
  static std::unique_ptr<MappedBytes> mapped(Descriptor file, std::size_t size, std::optional<LastWords> when_lost);
  static MappedBytes* with(const void* address);
  static void on_bus_error(int signal, siginfo_t* info, void* context);
  bool replace_page(void* address);

  Descriptor file_;
  std::span<const std::byte> bytes_;
  std::optional<LastWords> when_lost_;
  std::atomic<bool> is_lost_ = false;
  Place* place_;
};

/// Gives back the memory of the pages that were read of the mapping that `bytes` lie in; they are read from the disk
/// again where they are wanted again. Nothing happens to bytes that are not mapped.
void forget_pages(std::span<const std::byte> bytes);

}  // namespace hitscope::ingest
