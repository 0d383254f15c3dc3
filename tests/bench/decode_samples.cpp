// decode_samples FILE: prints one line of JSON (sample rate, channels, what the header promised; or kind and detail of
// a failure), then the samples as 32-bit floats. Not a test: see decode_vs_peers.py.
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "ingest/decode.h"
#include "ingest/files.h"

int main(int argc, char** argv) {
  using namespace hitscope::ingest;
  if (argc != 2) return 2;
  std::vector<std::byte> bytes;
  if (read_file(argv[1], kMaxAudioBytes, bytes)) return 2;
  const auto recording = decode(bytes, argv[1], {.max_duration_s = 1200.0, .max_channels = 8});
  if (!recording) {
    std::cout << nlohmann::json{{"kind", to_string(recording.error().kind)}, {"detail", recording.error().detail}}
              << "\n";
    return 0;
  }
  nlohmann::json head{{"sample_rate", recording->waveform.sample_rate},
                      {"channels", recording->n_channels},
                      {"cut_off", recording->cut_off},
                      {"promised", nullptr}};
  if (recording->promised_samples) head["promised"] = *recording->promised_samples;
  std::cout << head << "\n";
  const auto& samples = recording->waveform.samples;
  std::cout.write(reinterpret_cast<const char*>(samples.data()),
                  static_cast<std::streamsize>(samples.size() * sizeof(float)));
  return 0;
}
