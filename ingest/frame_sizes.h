// The sizes of frames in streams that have no container: MPEG audio, ADTS AAC, AC-3, E-AC-3 and DTS.
//
// These formats have no magic number: they are recognised by several frame headers, each where the frame before it
// ends.
// Thread safety: free functions without shared state.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace hitscope::ingest {

/// Length in bytes of the frame at the start of `b`; nullopt where its header is not valid.
using FrameBytes = std::optional<std::size_t> (*)(std::span<const std::byte> b);

std::optional<std::size_t> mp3_frame_bytes(std::span<const std::byte> b);   ///< MPEG layer III with a bit rate
std::optional<std::size_t> mp2_frame_bytes(std::span<const std::byte> b);   ///< MPEG layer I or II with a bit rate
std::optional<std::size_t> adts_frame_bytes(std::span<const std::byte> b);  ///< raw AAC
std::optional<std::size_t> ac3_frame_bytes(std::span<const std::byte> b);
std::optional<std::size_t> eac3_frame_bytes(std::span<const std::byte> b);
std::optional<std::size_t> dts_frame_bytes(std::span<const std::byte> b);

/// How many frames follow each other from the start of `b` on, counted up to `most`; the last may be cut off.
int count_frames(std::span<const std::byte> b, int most, FrameBytes frame_bytes);

/// Whether `b` starts with frames of free format of this MPEG layer (1 to 3), whose headers do not say how long they
/// are: three headers (of layers I and II five) at equal distances, but for padding.
bool has_free_format_frames(std::span<const std::byte> b, int layer);

}  // namespace hitscope::ingest
