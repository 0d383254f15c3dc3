// The decoder libraries behind `decode`, one function each. Internal to ingest.
// Thread safety: free functions without shared state, except for FFmpeg's libraries, which the first call loads under a
// lock.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>

#include <tl/expected.hpp>

#include "ingest/decode.h"

namespace hitscope::ingest {

/// A Failure of stage kDecode about `name`.
Failure decode_failure(FailureKind kind, const std::string& name, const std::string& why);

/// Why a decoder gives no recording.
struct Refusal {
  Refusal(Failure why, bool by_rule = false) : failure(std::move(why)), is_final(by_rule) {}
  Failure failure;
  bool is_final;  ///< no other decoder is asked: the file breaks a rule of ours
};

/// The final refusal of a header that is not accepted (too many channels, an implausible sample rate), or nullopt.
std::optional<Refusal> refused_by_header(int sample_rate, int n_channels, const std::string& name,
                                         const DecodeOptions& options);

/// The final refusal of a header that promises more samples within max_duration_s than are decoded, or nullopt: a few
/// bytes of it must not cost the memory of them all.
std::optional<Refusal> refused_by_length(std::optional<std::int64_t> promised, int sample_rate, const std::string& name,
                                         const DecodeOptions& options);

using Decoded = tl::expected<StreamedSound, Refusal>;

/// Decodes `bytes`, which hold a file of `type` without ID3v2 tags (MPEG audio: with them), into `sink`. A refusal that
/// is not final, or a sound without samples, leaves the file to the next decoder.
using Decoder = Decoded (*)(std::span<const std::byte> bytes, const std::string& name, AudioType type,
                            const DecodeOptions& options, SampleSink& sink);

/// By libsndfile.
Decoded decode_sndfile(std::span<const std::byte> bytes, const std::string& name, AudioType type,
                       const DecodeOptions& options, SampleSink& sink);
/// MPEG layer III by ingest/mp3.
Decoded decode_mp3(std::span<const std::byte> bytes, const std::string& name, AudioType type,
                   const DecodeOptions& options, SampleSink& sink);
/// MPEG layers I, II and III, free format included, by libmpg123.
Decoded decode_mpg123(std::span<const std::byte> bytes, const std::string& name, AudioType type,
                      const DecodeOptions& options, SampleSink& sink);
/// Any container and codec of a list, by FFmpeg's libraries, which are loaded when first needed.
Decoded decode_ffmpeg(std::span<const std::byte> bytes, const std::string& name, AudioType type,
                      const DecodeOptions& options, SampleSink& sink);

}  // namespace hitscope::ingest
