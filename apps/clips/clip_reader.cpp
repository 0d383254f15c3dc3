#include "apps/clips/clip_reader.h"

#include <exception>
#include <new>
#include <span>
#include <utility>

#include "ingest/content_hash.h"
#include "ingest/files.h"

namespace hitscope::apps::clips {
namespace {

using ingest::Failure;
using ingest::FailureKind;

/// Passes samples on at another rate.
class ResamplingSink final : public ingest::SampleSink {
 public:
  ResamplingSink(dsp::Resampler& resample, int sample_rate, ingest::SampleSink& sink)
      : resample_(resample), sample_rate_(sample_rate), sink_(sink) {}

  void begin(int sample_rate, std::size_t n_expected) override {
    resample_.start(sample_rate);
    const double expected = static_cast<double>(n_expected) * sample_rate_ / sample_rate;
    sink_.begin(sample_rate_, static_cast<std::size_t>(expected));
  }
  bool take(std::span<const float> samples) override {
    resampled_.clear();
    resample_.add(samples, resampled_);
    return resampled_.empty() || sink_.take(resampled_);
  }
  /// What is left at the end of the sound.
  void finish() {
    resampled_.clear();
    resample_.finish(resampled_);
    if (!resampled_.empty()) sink_.take(resampled_);
  }

 private:
  dsp::Resampler& resample_;
  int sample_rate_;
  ingest::SampleSink& sink_;
  std::vector<float> resampled_;
};

/// What `read` gives, or what it throws as the failure of the file `name`: one file must not end a batch.
template <typename Read>
auto guarded(const std::string& name, const Read& read) -> decltype(read()) {
  try {
    return read();
  } catch (const std::bad_alloc&) {
    return tl::make_unexpected(
        Failure{ingest::Stage::kDecode, FailureKind::kUndecodable, name + ": takes more memory than there is"});
  } catch (const std::exception& e) {
    return tl::make_unexpected(Failure{ingest::Stage::kDecode, FailureKind::kUndecodable, name + ": " + e.what()});
  }
}

}  // namespace

void ClipRules::validate() const {
  decode.validate();
  quarantine.validate();
}

ClipReader::ClipReader(const dsp::FrontEndConfig& front_end, const ClipRules& rules)
    : rules_(rules), sample_rate_(front_end.sample_rate), resample_(front_end.sample_rate, front_end.quality) {
  if (front_end.quality == dsp::Quality::kFast) rules_.decode.half_rate = front_end.sample_rate;
}

tl::expected<LoadedClip, Failure> ClipReader::read(const std::filesystem::path& path, const std::string& name) {
  return guarded(name, [&] { return read_whole(path, name); });
}

tl::expected<LoadedClip, Failure> ClipReader::read_whole(const std::filesystem::path& path, const std::string& name) {
  if (auto failure = ingest::read_file(path, ingest::kMaxAudioBytes, bytes_)) {
    return tl::make_unexpected(std::move(*failure));
  }
  auto recording = ingest::decode(bytes_, name, rules_.decode);
  if (!recording) return tl::make_unexpected(std::move(recording.error()));
  if (auto failure = ingest::quarantine(*recording, name, rules_.quarantine)) {
    const bool may_cancel = failure->kind == FailureKind::kSilent && recording->n_channels > 1;
    return tl::make_unexpected(may_cancel ? ingest::cancelled(*std::move(failure), bytes_, name, rules_.decode)
                                          : *std::move(failure));
  }
  LoadedClip clip;
  clip.xxh128 = ingest::xxh128_hex(bytes_);
  clip.duration_s = recording->length_s(recording->waveform.duration_s(), recording->waveform.sample_rate);
  clip.sample_rate = recording->file_sample_rate;
  clip.n_channels = recording->n_channels;
  clip.media_type = ingest::media_type_of(recording->type);
  clip.waveform = resample_(std::move(recording->waveform));
  return clip;
}

tl::expected<ingest::StreamedSound, Failure> ClipReader::stream(const std::filesystem::path& path,
                                                                const std::string& name, ingest::SampleSink& sink) {
  return guarded(name, [&] {
    ResamplingSink resampled(resample_, sample_rate_, sink);
    auto sound = ingest::stream_file(path, name, rules_.decode, rules_.quarantine, resampled, bytes_);
    if (sound) resampled.finish();
    return sound;
  });
}

}  // namespace hitscope::apps::clips
