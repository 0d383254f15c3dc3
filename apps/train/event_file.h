// TensorBoard's event files: scalars by step, appended and flushed while training goes on.
//
// TFRecord framing (length, masked CRC-32C of it, data, masked CRC-32C of the data; all little-endian) of the messages
// in event.proto. The CRC is ours, because what Debian 12 has of it is part of 138 MB of Boost headers. A program that
// goes on writes a file of its own beside the earlier ones, named so that it is read after them; its first event but
// one is a SessionLog START at its first step, upon which TensorBoard forgets what an earlier file says of that step
// and later ones. A last record that kill -9 cut short is no harm: readers stop before it.
// Thread safety: one thread per EventFile.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>

namespace hitscope::apps::train {

struct Scalar {
  std::string tag;  ///< "loss/train": what stands before the slash is a group
  double value = 0.0;
};

class EventFile {
 public:
  /// Makes `folder` and in it events.out.tfevents.TIME.HOST.PID, TIME in seconds, for steps from `first_step` on.
  /// Throws std::runtime_error naming the file where it cannot be written.
  EventFile(const std::filesystem::path& folder, std::int64_t first_step);

  /// Appends the scalars of a step. Throws std::runtime_error naming the file (a full disk).
  void add(std::int64_t step, std::span<const Scalar> scalars);

 private:
  void append(std::string_view message);

  std::filesystem::path path_;
  std::ofstream file_;
};

/// Of the Castagnoli polynomial (RFC 3720, appendix B.4), as TFRecord has it, not masked.
std::uint32_t crc32c(std::string_view bytes);

}  // namespace hitscope::apps::train
