// Examples as the heads see them: spectrograms and/or table columns of every row, which no split changes. What a split
// decides, classes or values, is in models/data/targets.h.
//
// Rows are numbered 0..n_rows-1 in every member. Nothing here is learned from data.
// Thread safety: plain values; spectrogram bytes are borrowed and must outlive the examples.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "dsp/front_end.h"
#include "dsp/spectrogram.h"

namespace hitscope::models::data {

struct NumericColumn {
  std::string name;
  std::vector<double> values;  ///< [n_rows], NaN where missing
};

struct CategoricalColumn {
  std::string name;
  std::vector<std::string> values;  ///< [n_rows], empty where missing
};

struct FeatureTable {
  std::vector<NumericColumn> numeric;
  std::vector<CategoricalColumn> categorical;
  bool empty() const { return numeric.empty() && categorical.empty(); }
};

/// The borrowed values of a spectrogram.
struct StoredClip {
  StoredClip(const std::byte* first, int n_sound_frames = 0) : values(first), n_sound(n_sound_frames) {}
  const std::byte* values;  ///< the first byte
  int n_sound;              ///< frames that see no padding, as FrontEndConfig::n_sound_frames; 0: all
};

/// Borrowed spectrograms of one front end and one length, each [n_bins, n_frames] row-major.
struct StoredSpectrograms {
  dsp::FrontEndConfig front_end;  ///< what they were computed with
  int n_frames = 0;               ///< frames of each
  dsp::SampleType sample_type = dsp::SampleType::kFloat16;
  std::vector<StoredClip> rows;  ///< [n_rows], or empty where there are no spectrograms

  /// Mel bands, frequency bins or coefficients of a frame.
  int n_bins() const { return front_end.n_bins(); }
  /// Scale of a value.
  dsp::Scale scale() const { return front_end.result_scale(); }
};

/// A spectrogram of `front_end` as the only one; borrows its values. `n_sound_frames` as in StoredClip.
StoredSpectrograms one_clip(const dsp::FrontEndConfig& front_end, const dsp::Spectrogram& spectrogram,
                            int n_sound_frames = 0);

struct Examples {
  std::size_t n_rows = 0;
  FeatureTable table;
  StoredSpectrograms spectrograms;
};

}  // namespace hitscope::models::data
