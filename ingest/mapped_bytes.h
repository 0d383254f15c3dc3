// A large file mapped into memory to be read once, without keeping what was read.
//
// Pages that were read are let go by forget_pages(). A file that becomes shorter while it is read reads as zeros from
// there on, and says so: touching what is gone of a mapping raises SIGBUS, which a handler answers with a page of
// zeros. It is the process's handler from the first mapping on; a SIGBUS of anything else ends the process. Thread
// safety: make, read and destroy objects in one thread, the newest first.
#pragma once

#include <csignal>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

#include "ingest/folder.h"

namespace hitscope::ingest {

/// Largest file, in bytes, that is mapped: a day of 96 kHz stereo in 32 bits.
inline constexpr std::size_t kMostMappedBytes = std::size_t{1} << 36U;

class MappedBytes {
 public:
  /// Maps a regular file of `min_bytes` to kMostMappedBytes; null for any other, and where it cannot be opened or
  /// mapped.
  static std::unique_ptr<MappedBytes> open(const std::filesystem::path& path, std::size_t min_bytes);
  ~MappedBytes();
  MappedBytes(const MappedBytes&) = delete;
  MappedBytes& operator=(const MappedBytes&) = delete;

  std::span<const std::byte> bytes() const { return bytes_; }
  /// Whether some of the bytes were gone before they were read.
  bool was_lost() const;

 private:
  friend void forget_pages(std::span<const std::byte> bytes);

  MappedBytes(Descriptor file, std::span<const std::byte> bytes);
  static MappedBytes* with(const void* address);
  static void on_bus_error(int signal, siginfo_t* info, void* context);
  bool replace_page(void* address);

  Descriptor file_;
  std::span<const std::byte> bytes_;
  MappedBytes* older_;
  volatile std::sig_atomic_t is_lost_ = 0;
};

/// Gives back the memory of the pages that were read of the mapping that `bytes` lie in; they are read from the disk
/// again where they are wanted again. Nothing happens to bytes that are not mapped.
void forget_pages(std::span<const std::byte> bytes);

}  // namespace hitscope::ingest
