#include "models/data/examples.h"

namespace hitscope::models::data {

StoredSpectrograms one_clip(const dsp::FrontEndConfig& front_end, const dsp::Spectrogram& spectrogram,
                            int n_sound_frames) {
  return {front_end,
          spectrogram.n_frames,
          dsp::SampleType::kFloat32,
          {{reinterpret_cast<const std::byte*>(spectrogram.values.data()), n_sound_frames}}};
}

}  // namespace hitscope::models::data
