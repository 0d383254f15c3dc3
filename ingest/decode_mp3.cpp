#include <algorithm>

#include "ingest/decoders.h"
#include "ingest/mp3/decoder.h"

namespace hitscope::ingest {

Decoded decode_mp3(std::span<const std::byte> bytes, const std::string& name, AudioType /*type*/,
                   const DecodeOptions& options) {
  const auto failed = [&](const std::string& why) {
    return tl::make_unexpected(decode_failure(FailureKind::kUndecodable, name, why));
  };
  if (options.downmix != Downmix::kMean) return failed("this decoder averages the channels as it decodes");
  mp3::Decoder decoder(bytes);
  if (!decoder.info()) return failed(decoder.error().value_or("it holds no sequence of MPEG layer III frames"));
  Recording recording;
  recording.file_sample_rate = decoder.info()->sample_rate;
  if (options.half_rate > 0 && recording.file_sample_rate == 2 * options.half_rate) {
    decoder = mp3::Decoder(bytes, mp3::Rate::kHalf);
  }
  const mp3::StreamInfo info = *decoder.info();
  if (auto refusal = refused_by_header(info.sample_rate, info.n_channels, name, options)) {
    return tl::make_unexpected(std::move(*refusal));
  }
  recording.waveform.sample_rate = info.sample_rate;
  recording.n_channels = info.n_channels;
  recording.promised_samples = info.promised_frames;
  const std::size_t limit = most_samples(options, info.sample_rate);
  // A minute at most on the header's word; a longer file grows as it is decoded.
  const std::int64_t minute = 60LL * info.sample_rate;
  const auto trusted = static_cast<std::size_t>(std::min(info.promised_frames.value_or(minute), minute));
  recording.waveform.samples.reserve(std::min(limit, trusted));
  recording.cut = decoder.decode(limit, recording.waveform.samples);
  if (const auto error = decoder.error()) return failed(*error);
  return recording;
}

}  // namespace hitscope::ingest
