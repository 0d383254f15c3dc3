// Examples and their targets in one value, for tests that change both.
#pragma once

#include <utility>
#include <variant>
#include <vector>

#include "models/data/examples.h"
#include "models/data/targets.h"

namespace hitscope::tests {

using namespace models;

struct LabelledExamples : data::Examples {
  data::Targets targets;

  /// Throws std::bad_variant_access unless the targets are classes.
  std::vector<int>& labels() { return std::get<data::Classes>(targets).labels; }
  const std::vector<int>& labels() const { return std::get<data::Classes>(targets).labels; }
  void set_n_classes(int n_classes) { std::get<data::Classes>(targets).n_classes = n_classes; }
  /// Throws std::bad_variant_access unless the targets are values.
  std::vector<double>& values() { return std::get<data::Values>(targets).values; }
  void set_values(std::vector<double> values) { targets = data::Values{std::move(values)}; }
};

/// Spectrograms in decibels of this shape, none yet.
inline data::StoredSpectrograms no_spectrograms(int n_bins, int n_frames, dsp::SampleType sample_type) {
  data::StoredSpectrograms stored;
  stored.front_end.n_mels = n_bins;
  stored.n_frames = n_frames;
  stored.sample_type = sample_type;
  return stored;
}

}  // namespace hitscope::tests
