// The resolved settings of a render, as render.json and a trained bundle hold them, with their hash.
//
// The hash covers everything that decides the numbers a model sees, except the rounding to float16 on disk: the used
// parameters of the front end, the resampler and the clip length.
// Two spectrograms may be fed to one model only if their hashes are equal.
// Thread safety: a plain value.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "dsp/fields.h"
#include "dsp/front_end.h"

namespace hitscope::apps::spectrograms {

using dsp::to_string;

/// The type of a stored value.
enum class SampleType { kFloat16, kFloat32 };
constexpr auto names_of(SampleType) {
  return std::to_array<dsp::Name<SampleType>>({{SampleType::kFloat16, "float16"}, {SampleType::kFloat32, "float32"}});
}

struct RenderSettings {
  std::string preset = "librosa";  ///< what the front end began as; a name only, not part of the hash
  dsp::FrontEndConfig front_end;
  double duration_s = 30.0;  ///< every clip is cut or zero-padded to this length, > 0
  SampleType sample_type = SampleType::kFloat16;

  std::int64_t n_samples() const;
  int n_frames() const;
  /// Values of one clip: n_bins * n_frames.
  std::size_t n_values() const;
  std::size_t bytes_per_row() const;
  /// Throws std::invalid_argument naming field, value and rule.
  void validate() const;

  /// Those of the front end are described there.
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

/// "sha256:" and 64 hexadecimal digits.
std::string front_end_hash(const RenderSettings& settings);
/// Whether both give the same values in the same type: what may lie in one folder.
bool same_values(const RenderSettings& a, const RenderSettings& b);
/// The text of render.json.
std::string to_json(const RenderSettings& settings);
/// Parses render.json (or the same object in a bundle). Throws std::runtime_error where a field is missing or invalid,
/// or where the stored hash is not that of the stored parameters. `where` names the file.
RenderSettings settings_from_json(const std::string& text, const std::string& where);

}  // namespace hitscope::apps::spectrograms
