// Writes TensorBoard event files: scalars by step, appended and flushed during training.
//
// TFRecord framing (length, masked CRC-32C of it, data, masked CRC-32C of the data; all little-endian) of the messages
// in event.proto. The CRC is our own because Debian 12 has it only within 138 MB of Boost headers. A continued run
// writes a new file beside the earlier ones, named so that it is read after them; its second event is a SessionLog
// START at its first step, on which TensorBoard drops what earlier files have for that step and later ones. A last
// record cut short by kill -9 is harmless, because readers stop before it.
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
  std::string tag;  ///< name of the curve: "loss/train"; the part before the slash is a group
  double value = 0.0;
};

class EventFile {
 public:
  /// Creates `folder` and in it events.out.tfevents.TIME.HOST.PID, TIME in seconds, for steps from `first_step` on.
  /// Throws std::runtime_error naming the file if it cannot be written.
  EventFile(const std::filesystem::path& folder, std::int64_t first_step);

  /// Appends the scalars of a step. Throws std::runtime_error naming the file if it cannot be written (a full disk).
  void add(std::int64_t step, std::span<const Scalar> scalars);

 private:
  void append(std::string_view message);

  std::filesystem::path path_;
  std::ofstream file_;
};

/// The unmasked CRC-32C (Castagnoli polynomial; RFC 3720, appendix B.4) of `bytes`.
std::uint32_t crc32c(std::string_view bytes);

}  // namespace hitscope::apps::train
