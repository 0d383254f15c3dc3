// Samples per second of a network head, data path included, on random spectrograms in memory.
//
//     build/release/tests/train_bench NETWORK {train,infer} [bfloat16] [FRAMES] [THREADS]
//
// Batches of 32 of 1,024 clips [128, FRAMES] (128 unless given), float16 as render stores them, three classes; clips
// are cropped, not augmented. The first epoch warms up; prints the median of the others, and what share of the time the
// network waited for data. tests/bench/train_vs_pytorch.py runs it beside Python's.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "dsp/half.h"
#include "models/head.h"
#include "models/heads/heads.h"
#include "models/heads/runtime.h"
#include "models/neural/recipes/network_options.h"

namespace {

using namespace hitscope;
using namespace hitscope::models;

constexpr std::size_t kRows = 1024;
constexpr int kBins = 128;

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// Random spectrograms [kRows, kBins, n_frames] of three classes, and the part of the split of each.
class Clips {
 public:
  explicit Clips(int n_frames) : values_(kRows) {
    std::mt19937_64 random(1);
    data.n_rows = kRows;
    targets.n_classes = 3;
    data.spectrograms.front_end.n_mels = kBins;
    data.spectrograms.n_frames = n_frames;
    for (std::size_t row = 0; row < kRows; ++row) {
      values_[row].resize(static_cast<std::size_t>(kBins * n_frames));
      for (auto& value : values_[row]) value = dsp::float_to_half(static_cast<float>(random() % 80) - 80.0F);
      data.spectrograms.rows.push_back(reinterpret_cast<const std::byte*>(values_[row].data()));
      targets.labels.push_back(static_cast<int>(random() % 3));
      parts.push_back(row < 8 ? "test" : row < 16 ? "validation" : "train");
    }
  }
  Clips(const Clips&) = delete;
  Clips& operator=(const Clips&) = delete;

  models::data::Examples data;
  models::data::Classes targets;
  std::vector<std::string> parts;

 private:
  std::vector<std::vector<std::uint16_t>> values_;  // float16, what `data` points to
};

/// Samples per second, turn by turn but the first.
std::vector<double> rates_of_predicting(models::Head& head, const models::data::Examples& data) {
  std::vector<double> rates;
  std::vector<std::size_t> rows(kRows);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  for (int turn = 0; turn < 6; ++turn) {
    const auto start = std::chrono::steady_clock::now();
    head.predict(data, rows);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    if (turn > 0) rates.push_back(static_cast<double>(kRows) / seconds.count());
  }
  return rates;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() < 2) {
    std::fprintf(stderr, "train_bench NETWORK {train,infer} [bfloat16] [FRAMES] [THREADS]\n");
    return 2;
  }
  models::FitOptions options;
  auto& networks = options.of<models::neural::recipes::NetworkOptions>();
  std::vector<int> numbers;
  for (std::size_t i = 2; i < words.size(); ++i) {
    if (words[i] == "bfloat16") networks.precision = models::Precision::kBfloat16;
    if (words[i] != "bfloat16") numbers.push_back(std::stoi(words[i]));
  }
  const int n_frames = numbers.empty() ? 128 : numbers[0];
  models::heads::prepare_runtime(numbers.size() > 1 ? numbers[1] : 2);

  const Clips clips(n_frames);
  const models::data::Split split =
      models::data::Split::by_column(clips.parts, "", models::data::SplitRows{clips.targets.labels, {}, {}, {}}, {});

  networks.max_epochs = words[1] == "train" ? 6 : 1;
  options.of<models::EarlyStopping>().patience = 100;
  networks.augmentation = models::neural::recipes::no_augmentation();
  std::vector<double> rates;
  std::vector<double> waits;
  options.on_epoch = [&](const models::Epoch& epoch) {
    if (epoch.number == 1) return;
    rates.push_back(epoch.samples_per_s);
    waits.push_back(epoch.waited_share);
  };
  const auto head = models::heads::make_head(words[0]);
  head->fit(clips.data, clips.targets, split.training_fold(), options);
  head->predict_in(networks.precision.value_or(models::Precision::kFloat32));
  if (words[1] == "infer") {
    rates = rates_of_predicting(*head, clips.data);
    waits = {0.0};
  }
  std::printf("waited_share=%.4f\nsamples_per_s=%.1f\n", median(waits), median(rates));
  return 0;
}
