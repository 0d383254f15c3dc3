// Makes the waveform that a front end takes from a file: reads, decodes, applies the quarantine rules and resamples.
// The waveform of a clip comes whole, that of a file of any length block by block, with the same samples.
//
// Thread safety: one ClipReader per thread; it keeps the resampler's filter from one clip to the next.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "dsp/front_end.h"
#include "dsp/resample.h"
#include "dsp/waveform.h"
#include "ingest/decode.h"
#include "ingest/quarantine.h"
#include "ingest/sound_stream.h"

namespace hitscope::apps::clips {

/// Which clips are accepted, and how much of each is decoded.
struct ClipRules {
  ingest::DecodeOptions decode;
  ingest::QuarantineRules quarantine;
  /// Throws std::invalid_argument naming field, value and rule.
  void validate() const;
};

struct LoadedClip {
  dsp::Waveform waveform;   ///< mono, at the front end's sample rate
  std::string xxh128;       ///< XXH3 hash (128 bits) of the file's bytes
  double duration_s = 0.0;  ///< length of the file; where it was cut and its header says none, of what was decoded
  int sample_rate = 0;      ///< sample rate of the file, Hz
  int n_channels = 0;       ///< channels of the file
  std::string media_type;
};

class ClipReader {
 public:
  ClipReader(const dsp::FrontEndConfig& front_end, const ClipRules& rules);

  /// Reads the clip at `path`, which failures call `name`. Failures are those of read_file, decode and quarantine.
  tl::expected<LoadedClip, ingest::Failure> read(const std::filesystem::path& path, const std::string& name);
  /// The same into `sink`, in memory that does not grow with the file. Where a failure comes back (those of
  /// ingest::stream_file), which may be at the end, what `sink` took is void. The result is of the file's samples.
  tl::expected<ingest::StreamedSound, ingest::Failure> stream(const std::filesystem::path& path,
                                                              const std::string& name, ingest::SampleSink& sink);

 private:
  tl::expected<LoadedClip, ingest::Failure> read_whole(const std::filesystem::path& path, const std::string& name);

  ClipRules rules_;
  int sample_rate_;
  dsp::Resampler resample_;
  std::vector<std::byte> bytes_;  // bytes of the file read last, kept to reuse their memory
};

}  // namespace hitscope::apps::clips
