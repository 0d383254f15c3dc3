// Decodes an MP3 file (MPEG-1, 2 and 2.5, layer III) in memory to the mean over its channels: float samples, full scale
// [-1, 1], not clipped, at the file's sample rate or half of it. Follows libmpg123 in what is audio: the frame of a
// Xing, Info or VBRI header gives no samples, the encoder's delay and padding are cut off where LAME's extension of it
// states them, a frame cut off at the end is dropped, and damaged frames are silent. Damage goes unnoticed in what need
// not be decoded: the difference channel of sum-and-difference stereo, and the upper subbands at half the rate. The
// last short band of intensity stereo is always spread, as libmpg123 does. Input may be hostile. Free format and the
// layers I and II are not supported. Thread safety: one thread at a time per object.
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
  kHalf,  ///< the lower 16 of 32 subbands only, and of those the first, third, fifth … sample that kFull would give
};

struct StreamInfo {
  int sample_rate = 0;  ///< Hz of what decode() gives
  int n_channels = 0;   ///< of the first frame
  /// Samples that decode() should give in all, by a header with a count of frames. Files may lie.
  std::optional<std::int64_t> promised_frames;
};

class Decoder {
 public:
  /// `bytes` must outlive the decoder. Skips tags and garbage up to the first frame that another one follows.
  explicit Decoder(std::span<const std::byte> bytes, Rate rate = Rate::kFull);
  ~Decoder();
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;

  /// nullopt where there is no layer III audio.
  const std::optional<StreamInfo>& info() const;
  /// Appends up to max_samples more samples to `mono`; false where none are left after them.
  bool decode(std::size_t max_samples, std::vector<float>& mono);
  /// Why decoding stopped before the end of the file.
  std::optional<std::string> error() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace hitscope::ingest::mp3
