// One stage of rendering by itself, over a folder of clips, on one thread: how fast is it, where is the wall?
//
//   stage_bench {decode,decode-fast,libmpg123,resample,mel,mel-fast} CLIPS [PASSES=5] [LIMIT=200]
//
// The files are read before the clock starts. Prints a line per pass and, last, clips_per_s=MEDIAN ms_per_clip=MEDIAN.
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "dsp/feature_extractor.h"
#include "dsp/resample.h"
#include "ingest/decode.h"
#include "ingest/files.h"
#include "tests/support/mp3_streams.h"

namespace {

using namespace hitscope;
using Bytes = std::vector<std::byte>;

constexpr int kRate = 22050;
constexpr double kSeconds = 30.0;

dsp::Waveform decoded(const Bytes& bytes, int half_rate) {
  auto recording = ingest::decode(bytes, "clip", {kSeconds, 2, half_rate});
  if (!recording) throw std::runtime_error(recording.error().detail);
  return std::move(recording->waveform);
}

std::vector<Bytes> read_clips(const std::string& folder, std::size_t limit) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  paths.resize(std::min(paths.size(), limit));
  std::vector<Bytes> clips;
  for (const auto& path : paths) clips.push_back(*ingest::read_file(path, ingest::kMaxAudioBytes));
  return clips;
}

/// What is timed for clip i.
using Job = std::function<void(std::size_t)>;

Job job(const std::string& stage, const std::vector<Bytes>& clips) {
  if (stage == "decode") return [&](std::size_t i) { decoded(clips[i], 0); };
  if (stage == "decode-fast") return [&](std::size_t i) { decoded(clips[i], kRate); };
  if (stage == "libmpg123") return [&](std::size_t i) { tests::count_by_libmpg123(clips[i]); };
  std::vector<dsp::Waveform> waves;
  dsp::Resampler resample(kRate, dsp::Quality::kExact);
  for (const Bytes& clip : clips) {
    waves.push_back(decoded(clip, 0));
    if (stage != "resample") waves.back() = resample(std::move(waves.back()));
  }
  if (stage == "resample") {
    return [waves, again = std::make_shared<dsp::Resampler>(kRate, dsp::Quality::kExact)](std::size_t i) {
      (*again)(waves[i]);
    };
  }
  dsp::FrontEndConfig config;
  if (stage == "mel-fast") config.quality = dsp::Quality::kFast;
  return [waves, result = std::make_shared<dsp::Spectrogram>(),
          extractor = std::make_shared<dsp::FeatureExtractor>(config)](std::size_t i) {
    extractor->compute(waves[i].samples, *result);
  };
}

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string, int> stages{{"decode", 0},   {"decode-fast", 0}, {"libmpg123", 0},
                                          {"resample", 0}, {"mel", 0},         {"mel-fast", 0}};
  if (argc < 3 || !stages.contains(argv[1])) {
    std::fputs("usage: stage_bench {decode,decode-fast,libmpg123,resample,mel,mel-fast} CLIPS [PASSES] [LIMIT]\n",
               stderr);
    return 2;
  }
  mallopt(M_MMAP_MAX, 0);  // as `hitscope render` has it: page faults are not what is measured
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  const int n_passes = argc > 3 ? std::max(1, std::atoi(argv[3])) : 5;
  const std::vector<Bytes> clips = read_clips(argv[2], argc > 4 ? std::strtoul(argv[4], nullptr, 10) : 200);
  const Job timed = job(argv[1], clips);
  timed(0);  // plans, filters
  std::vector<double> milliseconds;
  for (int pass = 0; pass < n_passes; ++pass) {
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < clips.size(); ++i) timed(i);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    milliseconds.push_back(took.count() / static_cast<double>(clips.size()));
    std::printf("pass %d: %.3f ms per clip\n", pass, milliseconds.back());
  }
  std::sort(milliseconds.begin(), milliseconds.end());
  const double median = milliseconds[milliseconds.size() / 2];
  std::printf("clips_per_s=%.2f ms_per_clip=%.3f\n", 1000.0 / median, median);
  return 0;
}
