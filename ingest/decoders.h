// The decoder libraries behind `decode`, one function each. Internal to ingest.
// Thread safety: free functions without shared state, except for FFmpeg's libraries, which the first call loads under a
// lock.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "ingest/decode.h"

namespace hitscope::ingest {

/// Appends the mean over channels of interleaved [n_frames, n_channels] samples.
void append_mono(std::span<const float> interleaved, int n_channels, std::vector<float>& mono);

/// A Failure of stage kDecode about `name`.
Failure decode_failure(FailureKind kind, const std::string& name, const std::string& why);

/// The failure of a header that is not accepted (too many channels, an implausible sample rate), or nullopt.
std::optional<Failure> refused_by_header(int sample_rate, int n_channels, const std::string& name,
                                         const DecodeOptions& options);

/// The failure of a header that promises more samples within max_duration_s than are decoded, or nullopt: a few bytes
/// of it must not cost the memory of them all.
std::optional<Failure> refused_by_length(std::optional<std::int64_t> promised, int sample_rate, const std::string& name,
                                         const DecodeOptions& options);

/// The number of samples that max_duration_s allows at `sample_rate`, 67 million at most.
std::size_t most_samples(const DecodeOptions& options, int sample_rate);

/// Decodes WAV, FLAC, OGG and AIFF by libsndfile.
tl::expected<Recording, Failure> decode_sndfile(std::span<const std::byte> bytes, const std::string& name,
                                                AudioType type, const DecodeOptions& options);
/// Decodes MP3 by ingest/mp3.
tl::expected<Recording, Failure> decode_mp3(std::span<const std::byte> bytes, const std::string& name,
                                            const DecodeOptions& options);
/// Decodes M4A, AAC and FLAC in OGG by FFmpeg's libraries, which are loaded when first needed.
tl::expected<Recording, Failure> decode_ffmpeg(std::span<const std::byte> bytes, const std::string& name,
                                               AudioType type, const DecodeOptions& options);

}  // namespace hitscope::ingest
