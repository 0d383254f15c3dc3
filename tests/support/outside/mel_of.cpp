// Prints the mel spectrogram of an audio file in decibels, a line per mel band: mel_of FILE
#include <cstdio>
#include <fstream>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

#include "dsp/feature_extractor.h"
#include "dsp/resample.h"
#include "ingest/decode.h"

int main(int argc, char** argv) {
  using namespace hitscope;
  if (argc != 2) return std::fputs("usage: mel_of FILE\n", stderr), 2;
  std::ifstream file(argv[1], std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  auto sound = ingest::decode(std::as_bytes(std::span(bytes)), argv[1], {});
  if (!sound) return std::fprintf(stderr, "%s\n", sound.error().detail.c_str()), 1;

  const dsp::FrontEndConfig config;  // librosa's: 22,050 Hz, 128 mel bands, frames of 2,048 samples every 512
  const dsp::Waveform wave = dsp::Resampler(config.sample_rate, config.quality)(std::move(sound->waveform));
  dsp::FeatureExtractor extractor(config);
  const dsp::Spectrogram mel = extractor.compute(wave.samples);
  for (int bin = 0; bin < mel.n_bins; ++bin) {
    for (int frame = 0; frame < mel.n_frames; ++frame) std::printf("%.6g ", mel.at(bin, frame));
    std::putchar('\n');
  }
}
