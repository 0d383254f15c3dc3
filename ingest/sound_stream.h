// Reads the sound of a file of any length in bounded memory: decodes it into a sink, and judges it by the quarantine's
// rules, which it knows at the end only.
//
// A small file can claim hours of sound, which take time instead of memory. It may hold 67 million samples (25 minutes
// at 44.1 kHz), and more than that only 1,000 for each of its bytes, which no music comes near: at most 8.3 thousand
// million, a day at 96 kHz.
// Thread safety: free functions without shared state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "ingest/decode.h"
#include "ingest/failure.h"
#include "ingest/quarantine.h"

namespace hitscope::ingest {

/// The most samples that a file of this many bytes may hold.
std::uint64_t most_streamed_samples(std::uint64_t n_bytes);

/// Decodes the file at `path`, which failures call `name`, into `sink`; `options.max_samples` is not heeded, but
/// most_streamed_samples(). What `sink` took is void where a failure comes back: those of read_file, decode_to and
/// quarantine. Files over 4 MiB are mapped, up to 64 GiB; `memory` holds those that are smaller, or that the file
/// system cannot map, and is reused from one file to the next.
tl::expected<StreamedSound, Failure> stream_file(const std::filesystem::path& path, const std::string& name,
                                                 DecodeOptions options, const QuarantineRules& rules, SampleSink& sink,
                                                 std::vector<std::byte>& memory);

}  // namespace hitscope::ingest
