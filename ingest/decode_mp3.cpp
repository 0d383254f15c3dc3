#include <algorithm>

#include "ingest/decoders.h"
#include "ingest/mono_output.h"
#include "ingest/mp3/decoder.h"

namespace hitscope::ingest {

Decoded decode_mp3(std::span<const std::byte> bytes, const std::string& name, AudioType /*type*/,
                   const DecodeOptions& options, SampleSink& sink) {
  const auto failed = [&](const std::string& why) {
    return tl::make_unexpected(decode_failure(FailureKind::kUndecodable, name, why));
  };
  if (options.downmix != Downmix::kMean) return failed("this decoder averages the channels as it decodes");
  mp3::Decoder decoder(bytes);
  if (!decoder.info()) return failed(decoder.error().value_or("it holds no sequence of MPEG layer III frames"));
  StreamedSound sound;
  sound.file_sample_rate = decoder.info()->sample_rate;
  if (options.half_rate > 0 && sound.file_sample_rate == 2 * options.half_rate) {
    decoder = mp3::Decoder(bytes, mp3::Rate::kHalf);
  }
  const mp3::StreamInfo info = *decoder.info();
  if (auto refusal = refused_by_header(info.sample_rate, info.n_channels, name, options)) {
    return tl::make_unexpected(std::move(*refusal));
  }
  sound.sample_rate = info.sample_rate;
  sound.n_channels = info.n_channels;
  sound.promised_samples = info.promised_frames;
  // A minute at most on the header's word; a longer file grows as it is decoded.
  const std::int64_t minute = 60LL * info.sample_rate;
  MonoOutput out(bytes, options, sink);
  out.begin(info.sample_rate, std::min(info.promised_frames.value_or(minute), minute));
  while (!out.is_full()) {
    const std::span<const float> samples = decoder.next(out.room());
    if (samples.empty()) break;
    out.take(samples);
  }
  sound.cut = out.is_full() && !decoder.next(1).empty();
  sound.n_samples = out.n_samples();
  if (const auto error = decoder.error()) return failed(*error);
  return sound;
}

}  // namespace hitscope::ingest
