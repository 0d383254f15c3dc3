// The resolved settings of a render, as render.json and a trained bundle hold them, with their hash.
//
// The hash covers everything that affects the numbers a model sees, except the rounding to float16 on disk: the used
// parameters of the front end, the resampler and the clip length. One model may only be given spectrograms with equal
// hashes.
// Thread safety: a plain value.
#pragma once

#include <cstdint>
#include <string>

#include "dsp/fields.h"
#include "dsp/front_end.h"
#include "dsp/spectrogram.h"

namespace hitscope::apps::spectrograms {

using dsp::SampleType;
using dsp::to_string;

struct RenderSettings {
  std::string preset = "librosa";  ///< preset that the front end began with; not part of the hash
  dsp::FrontEndConfig front_end;
  double duration_s = 30.0;  ///< length to which every clip is cut or zero-padded, > 0
  SampleType sample_type = SampleType::kFloat16;

  std::int64_t n_samples() const;
  int n_frames() const;
  /// Number of values of one clip: n_bins * n_frames.
  std::size_t n_values() const;
  std::size_t bytes_per_row() const;
  /// Throws std::invalid_argument naming field, value and rule.
  void validate() const;

  /// The settings without those of the front end, which describes itself.
  template <typename Visit>
  static void describe(Visit&& visit) {
    using R = RenderSettings;
    visit(&R::duration_s, {.name = "duration",
                           .help = "length of every clip; longer clips are cut, shorter ones padded with zeros",
                           .value = "SECONDS",
                           .rule = {.low = 0, .high = 3600, .without_low = true}});
    visit(&R::sample_type,
          {.name = "dtype", .help = "type of the stored values (default: float16 for decibels, else float32)"});
  }
};

/// The hash of the settings: "sha256:" and 64 hexadecimal digits.
std::string front_end_hash(const RenderSettings& settings);
/// Whether both give the same values in the same type, so that their spectrograms may be in one folder.
bool same_values(const RenderSettings& a, const RenderSettings& b);
/// The text of render.json.
std::string to_json(const RenderSettings& settings);
/// Parses render.json, or the same object in a bundle. Throws std::runtime_error for a missing or invalid field, or a
/// hash that does not belong to the parameters. `where` names the file in messages.
RenderSettings settings_from_json(const std::string& text, const std::string& where);

}  // namespace hitscope::apps::spectrograms
