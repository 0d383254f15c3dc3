#include "dsp/presets.h"

#include <array>

namespace hitscope::dsp {
namespace {

FrontEndConfig librosa() {
  FrontEndConfig c;
  c.amin_of = AminOf::kPower;
  return c;
}

FrontEndConfig librosa_0_8() {
  FrontEndConfig c = librosa();
  c.pad_mode = PadMode::kReflect;
  return c;
}

FrontEndConfig torchaudio() {
  FrontEndConfig c;
  c.sample_rate = 16000;
  c.n_fft = 400;
  c.win_length = 400;
  c.hop_length = 200;
  c.pad_mode = PadMode::kReflect;
  c.mel_scale = MelScale::kHtk;
  c.norm = MelNorm::kNone;
  c.n_mfcc = 40;
  c.top_db = 0.0;
  return c;
}

FrontEndConfig panns() {
  FrontEndConfig c;
  c.sample_rate = 32000;
  c.n_fft = 1024;
  c.win_length = 1024;
  c.hop_length = 320;
  c.pad_mode = PadMode::kReflect;
  c.n_mels = 64;
  c.f_min_hz = 50.0;
  c.f_max_hz = 14000.0;
  c.top_db = 0.0;
  return c;
}

FrontEndConfig whisper() {
  FrontEndConfig c;
  c.sample_rate = 16000;
  c.n_fft = 400;
  c.win_length = 400;
  c.hop_length = 160;
  c.pad_mode = PadMode::kReflect;
  c.n_mels = 80;
  c.drop_last_frame = true;
  return c;
}

}  // namespace

std::span<const Preset> presets() {
  static const std::array<Preset, 5> kPresets{{
      {"librosa", "librosa since 0.9.0: melspectrogram, then power_to_db", librosa()},
      {"librosa-0.8", "librosa before 0.9.0: reflect padding (its resampler was kaiser_best; hitscope uses soxr)",
       librosa_0_8()},
      {"torchaudio",
       "MelSpectrogram(), then AmplitudeToDB() (without it: `scale` power); for its MFCC() add `top_db` 80",
       torchaudio()},
      {"panns", "PANNs (Cnn14, 32 kHz): 64 mels, 50 to 14,000 Hz", panns()},
      {"whisper", "Whisper: 80 mels, without the last frame; its input is (x / 10 + 4) / 4 of these values", whisper()},
  }};
  return kPresets;
}

const Preset* find_preset(std::string_view name) {
  for (const Preset& preset : presets()) {
    if (preset.name == name) return &preset;
  }
  return nullptr;
}

}  // namespace hitscope::dsp
