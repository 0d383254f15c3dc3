// Examples that a network learns from within a second, and short ways to fit a head on them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "dsp/half.h"
#include "models/head.h"
#include "models/heads/heads.h"
#include "models/heads/runtime.h"
#include "models/neural/recipes/network_options.h"
#include "tests/support/labelled_examples.h"

namespace hitscope::tests {

using namespace models;

inline constexpr std::size_t kRows = 160;
inline constexpr int kMels = 16;

/// Two classes that both inputs tell apart: which half of a spectrogram is loud, and on which side of a line two
/// numbers lie. Of every eight rows one tests and one validates.
class Examples {
 public:
  explicit Examples(dsp::SampleType type = dsp::SampleType::kFloat32, int n_frames = 20) : spectrograms_(kRows) {
    data.n_rows = kRows;
    data.set_n_classes(2);
    data.table.numeric = {{"x", {}}, {"y", {}}, {"noise", {}}};
    data.table.categorical = {{"letter", {}}};
    data.spectrograms = no_spectrograms(kMels, n_frames, type);
    std::vector<std::string> parts;
    for (std::size_t row = 0; row < kRows; ++row) {
      const int target = static_cast<int>(random_() % 2);
      data.labels().push_back(target);
      const double x = 4.0 * uniform();
      data.table.numeric[0].values.push_back(x);
      data.table.numeric[1].values.push_back(100.0 * (x + (target == 1 ? 0.5 : -0.5) * (1.0 + uniform())));
      data.table.numeric[2].values.push_back(row % 10 == 3 ? NAN : uniform());
      data.table.categorical[0].values.push_back(std::string(1, "abc"[random_() % 3]));
      set_spectrogram(row, target);
      data.spectrograms.rows.push_back(spectrograms_[row].data());
      parts.push_back(row % 8 == 5 ? "test" : row % 8 == 2 ? "validation" : "train");
    }
    split_ = std::make_unique<data::Split>(
        data::Split::by_column(parts, "", data::SplitRows{data.labels(), {}, {}, {}}, {}));
  }

  const data::Split& split() const { return *split_; }

  /// Targets that nothing tells.
  void shuffle_targets() {
    for (int& target : data.labels()) target = static_cast<int>(random_() % 2);
  }

  /// Other values, another target.
  void spoil(std::size_t row) {
    for (data::NumericColumn& column : data.table.numeric) column.values[row] = 1e6;
    data.table.categorical[0].values[row] = "unheard of";
    set_spectrogram(row, data.labels()[row], 40.0);
    data.labels()[row] = 1 - data.labels()[row];
  }

  /// Decibels about -60, and -30 in the half of the frames that the class names.
  void set_spectrogram(std::size_t row, int target, double offset = 0.0) {
    std::vector<std::byte>& bytes = spectrograms_[row];
    const bool half = data.spectrograms.sample_type == dsp::SampleType::kFloat16;
    const int n_frames = data.spectrograms.n_frames;
    bytes.resize(static_cast<std::size_t>(kMels * n_frames) * (half ? 2 : 4));
    for (int i = 0; i < kMels * n_frames; ++i) {
      const bool loud = (i % n_frames < n_frames / 2) == (target == 0);
      const double decibels = offset + (loud ? -30.0 : -60.0) + 20.0 * uniform();
      const std::uint16_t stored = dsp::float_to_half(static_cast<float>(decibels));
      const float value = dsp::half_to_float(stored);
      if (half) {
        std::memcpy(bytes.data() + 2 * i, &stored, 2);
      } else {
        std::memcpy(bytes.data() + 4 * i, &value, 4);
      }
    }
  }

  LabelledExamples data;

 private:
  double uniform() { return static_cast<double>(random_() >> 11U) * 0x1p-53 - 0.5; }

  std::mt19937_64 random_{1};
  std::vector<std::vector<std::byte>> spectrograms_;
  std::unique_ptr<data::Split> split_;
};

inline FitOptions quick(int max_epochs) {
  FitOptions options;
  options.of<neural::recipes::NetworkOptions>().max_epochs = max_epochs;
  options.of<neural::recipes::NetworkOptions>().batch_size = 16;
  options.of<neural::recipes::NetworkOptions>().learning_rate.value = 1e-3;
  return options;
}

struct Fitted {
  std::unique_ptr<Head> head;
  FitSummary summary;
};

inline Fitted fit(const std::string& name, const Examples& examples, const FitOptions& options) {
  Fitted fitted{heads::make_head(name), {}};
  fitted.summary = fitted.head->fit(examples.data, examples.data.targets, examples.split().training_fold(), options);
  return fitted;
}

inline HeadFiles files_of(const std::string& name, const Examples& examples, const FitOptions& options) {
  return fit(name, examples, options).head->save();
}

inline double accuracy(Head& head, const Examples& examples) {
  const auto rows = examples.split().rows(data::Part::kTest);
  const data::Probabilities p = head.predict(examples.data, rows);
  int n_right = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) n_right += p.predicted(i) == examples.data.labels()[rows[i]] ? 1 : 0;
  return n_right / static_cast<double>(rows.size());
}

inline std::string error_of_load(const std::string& name, const HeadFiles& files) {
  try {
    heads::make_head(name)->load(files);
  } catch (const std::runtime_error& e) {
    return e.what();
  }
  return "no std::runtime_error was thrown";
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Names of tests end in the head's.
class NetworkHeadTest : public testing::TestWithParam<const char*> {
 protected:
  static void SetUpTestSuite() { heads::prepare_runtime(1); }

  std::string name() const { return GetParam(); }
  std::string weights_file() const { return name() + ".safetensors"; }
  std::string other_file() const { return name() == "mlp" ? "mlp.features.json" : name() + ".json"; }

  Examples examples_;
};

}  // namespace hitscope::tests
