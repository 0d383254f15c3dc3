#include "apps/clips/clip_reader.h"

#include <exception>
#include <new>

#include "ingest/content_hash.h"
#include "ingest/files.h"

namespace hitscope::apps::clips {

void ClipRules::validate() const {
  decode.validate();
  quarantine.validate();
}

ClipReader::ClipReader(const dsp::FrontEndConfig& front_end, const ClipRules& rules)
    : rules_(rules), resample_(front_end.sample_rate, front_end.quality) {
  if (front_end.quality == dsp::Quality::kFast) rules_.decode.half_rate = front_end.sample_rate;
}

tl::expected<LoadedClip, ingest::Failure> ClipReader::read(const std::filesystem::path& path,
                                                           const std::string& name) try {
  if (auto failure = ingest::read_file(path, ingest::kMaxAudioBytes, bytes_)) {
    return tl::make_unexpected(std::move(*failure));
  }
  auto recording = ingest::decode(bytes_, name, rules_.decode);
  if (!recording) return tl::make_unexpected(std::move(recording.error()));
  if (auto failure = ingest::quarantine(*recording, name, rules_.quarantine)) {
    const bool may_cancel = failure->kind == ingest::FailureKind::kSilent && recording->n_channels > 1;
    return tl::make_unexpected(may_cancel ? ingest::cancelled(*std::move(failure), bytes_, name, rules_.decode)
                                          : *std::move(failure));
  }
  LoadedClip clip;
  clip.xxh128 = ingest::xxh128_hex(bytes_);
  clip.duration_s = recording->waveform.duration_s();
  clip.sample_rate = recording->file_sample_rate;
  clip.n_channels = recording->n_channels;
  clip.media_type = ingest::media_type_of(recording->type);
  clip.waveform = resample_(std::move(recording->waveform));
  return clip;
} catch (const std::bad_alloc&) {  // one file must not end a batch
  return tl::make_unexpected(ingest::Failure{ingest::Stage::kDecode, ingest::FailureKind::kUndecodable,
                                             name + ": takes more memory than there is"});
} catch (const std::exception& e) {
  return tl::make_unexpected(
      ingest::Failure{ingest::Stage::kDecode, ingest::FailureKind::kUndecodable, name + ": " + e.what()});
}

}  // namespace hitscope::apps::clips
