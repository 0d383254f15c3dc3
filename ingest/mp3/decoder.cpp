#include "ingest/mp3/decoder.h"

#include <algorithm>
#include <array>
#include <limits>

#include "ingest/mp3/frame_decoder.h"
#include "ingest/mp3/info_tag.h"
#include "ingest/mp3/stream.h"

namespace hitscope::ingest::mp3 {
namespace {

constexpr std::int64_t kDecoderDelay = 529;  // samples, of every layer III decoder

std::span<const std::uint8_t> octets(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

/// Which samples of the whole stream, counted from the first frame of audio, are given out.
struct Trim {
  std::int64_t begin = 0;
  std::int64_t end = std::numeric_limits<std::int64_t>::max();
  /// Samples from here on were appended to what the header describes, and are all given out, as libmpg123 does.
  std::int64_t foreign = std::numeric_limits<std::int64_t>::max();
};

Trim trim_of(const InfoTag& tag, const FrameHeader& header) {
  Trim trim;
  if (!tag.n_frames.has_value()) return trim;
  trim.foreign = *tag.n_frames * header.samples();
  trim.begin = tag.encoder_delay + kDecoderDelay;
  trim.end = std::max(trim.begin, trim.foreign - tag.padding + kDecoderDelay);
  return trim;
}

}  // namespace

class Decoder::State {
 public:
  State(std::span<const std::byte> bytes, Rate rate) : shift_(rate == Rate::kHalf ? 1 : 0), stream_(octets(bytes)) {
    frame_ = stream_.next();
    if (!frame_.has_value()) return;
    const FrameHeader header = frame_->header;
    info_ = StreamInfo{header.sample_rate >> shift_, header.n_channels, std::nullopt};
    if (const std::optional<InfoTag> tag = parse_info_tag(header, frame_->bytes)) read_tag(*tag, header);
    // At half the rate a file that begins at an odd sample goes on with the odd ones.
    decoder_.emplace(shift_ == 0 ? Phase::kAll : trim_.begin % 2 == 0 ? Phase::kEven : Phase::kOdd);
    trim_ = {trim_.begin >> shift_, n_kept(trim_.end) + (trim_.begin >> shift_), trim_.foreign >> shift_};
  }

  const std::optional<StreamInfo>& info() const { return info_; }
  bool rate_changed() const { return stream_.rate_changed(); }

  std::span<const float> next(std::size_t max_samples) {
    while (pending_.empty() && decode_frame()) {
    }
    const std::span<const float> samples = pending_.first(std::min(max_samples, pending_.size()));
    pending_ = pending_.subspan(samples.size());
    return samples;
  }

  bool decode(std::size_t max_samples, std::vector<float>& mono) {
    while (max_samples > 0) {
      const std::span<const float> samples = next(max_samples);
      if (samples.empty()) return false;
      mono.insert(mono.end(), samples.begin(), samples.end());
      max_samples -= samples.size();
    }
    next(0);
    return !pending_.empty();
  }

 private:
  /// The frame just read is a tag, not audio.
  void read_tag(const InfoTag& tag, const FrameHeader& header) {
    frame_ = stream_.next();
    if (!frame_.has_value()) return info_.reset();
    if (!tag.n_frames.has_value()) return;
    trim_ = trim_of(tag, header);
    const std::int64_t n = n_kept(std::min(trim_.end, *tag.n_frames * header.samples()));
    if (n > 0) info_->promised_frames = n;
  }
  /// Samples given out of those from trim_.begin to `end` of the whole stream.
  std::int64_t n_kept(std::int64_t end) const {
    const std::int64_t n = std::max<std::int64_t>(0, end - trim_.begin);
    return (n >> shift_) + (shift_ == 1 ? n & 1 : 0);
  }

  /// False at the end; pending_ may be empty otherwise too, where all of the frame is cut off.
  bool decode_frame() {
    if (!frame_.has_value()) return false;
    if (frame_->after_loss) decoder_->forget_main_data();
    decoder_->decode(frame_->header, frame_->bytes, samples_.data());
    const std::int64_t n = frame_->header.samples() >> shift_;
    const std::int64_t first = n_decoded_;
    n_decoded_ += n;
    frame_ = stream_.next();
    pending_ = std::span<const float>(samples_).first(static_cast<std::size_t>(n));
    if (first >= trim_.foreign) return true;
    const std::int64_t begin = std::clamp<std::int64_t>(trim_.begin - first, 0, n);
    const std::int64_t end = std::clamp<std::int64_t>(trim_.end - first, begin, n);
    pending_ = pending_.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
    return true;
  }

  int shift_;
  FrameStream stream_;
  std::optional<FrameDecoder> decoder_;
  std::optional<Frame> frame_;  // the next one to decode
  std::optional<StreamInfo> info_;
  Trim trim_;
  std::int64_t n_decoded_ = 0;
  std::array<float, FrameDecoder::kMaxSamples> samples_{};
  std::span<const float> pending_;  // of samples_, not yet given out
};

Decoder::Decoder(std::span<const std::byte> bytes, Rate rate) : state_(std::make_unique<State>(bytes, rate)) {}
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;

const std::optional<StreamInfo>& Decoder::info() const {
  return state_->info();
}

std::span<const float> Decoder::next(std::size_t max_samples) {
  return state_->next(max_samples);
}

bool Decoder::decode(std::size_t max_samples, std::vector<float>& mono) {
  return state_->decode(max_samples, mono);
}

std::optional<std::string> Decoder::error() const {
  if (state_->rate_changed()) return "its sample rate changes within the file";
  return std::nullopt;
}

}  // namespace hitscope::ingest::mp3
