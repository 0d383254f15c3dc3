// The lengths that the headers of WAV and AIFF files state, and how they are wrong.
//
// A program that writes to a pipe cannot come back to its header and leaves a placeholder: 0, 0x7FFFF000 (sox),
// 0x80000000 (arecord), 0xFFFFFFFF (FFmpeg). A recorder that was killed leaves 0. Others count their header into the
// sound. Thread safety: free functions without shared state.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "ingest/audio_type.h"

namespace hitscope::ingest {

/// Four bytes of a file to be read otherwise than they stand there.
struct Patch {
  std::size_t at = 0;  ///< offset in the file
  std::array<std::byte, 4> bytes{};
};

/// What to change in a header that states a placeholder, so that a reader finds the sound up to the end of the file;
/// empty for other headers and types.
std::vector<Patch> length_patches(std::span<const std::byte> bytes, AudioType type);

/// Frames that the header of a WAV states where they are more than the `held` ones in the file: by more than 512 bytes,
/// and not by a placeholder. nullopt otherwise.
std::optional<std::int64_t> wav_promised_frames(std::span<const std::byte> bytes, std::int64_t held);

/// Frames that the header of an AIFF states; nullopt for a placeholder, or where the file ends at most 512 bytes before
/// them.
std::optional<std::int64_t> aiff_promised_frames(std::span<const std::byte> bytes);

}  // namespace hitscope::ingest
