// Decodes an MP3 file (MPEG-1, 2 and 2.5, layer III) in memory to the mean over its channels: float samples, full scale
// [-1, 1], not clipped, at the file's sample rate or half of it. It follows libmpg123 in what counts as audio: the
// frame of a Xing, Info or VBRI header gives no samples, the encoder's delay and padding are removed if LAME's
// extension states them, an incomplete frame at the end is dropped, and damaged frames are silent. Damage is not
// noticed in parts that are not decoded: the difference channel of sum-and-difference stereo, and the upper subbands at
// half rate. The last short band of intensity stereo is always spread, as libmpg123 does. Input may be hostile. Free
// format and the layers I and II are not supported.
// Thread safety: one thread at a time per object.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace hitscope::ingest::mp3 {

enum class Rate {
  kFull,
  kHalf,  ///< every second sample of kFull, from the lower 16 of 32 subbands only
};

struct StreamInfo {
  int sample_rate = 0;  ///< sample rate of the decoded samples, Hz
  int n_channels = 0;   ///< channels of the first frame
  /// Number of samples that decode() should give in total, by the frame count of an Info header, which may be wrong.
  std::optional<std::int64_t> promised_frames;
};

class Decoder {
 public:
  /// `bytes` must outlive the decoder. Skips tags and garbage up to the first frame that is followed by another one.
  explicit Decoder(std::span<const std::byte> bytes, Rate rate = Rate::kFull);
  ~Decoder();
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;

  /// The stream's properties; nullopt without layer III audio.
  const std::optional<StreamInfo>& info() const;
  /// The next samples, up to max_samples and those of a frame; they last until the next call. Empty at the end.
  std::span<const float> next(std::size_t max_samples);
  /// Appends up to max_samples samples to `mono`; false if none are left after them.
  bool decode(std::size_t max_samples, std::vector<float>& mono);
  /// Why decoding stopped before the end of the file.
  std::optional<std::string> error() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace hitscope::ingest::mp3
