// Rejects decoded recordings that would harm a model: silent, clipped or constant ones, wrong lengths and the like.
//
// A recording may have gone by block by block: its levels are enough.
// Thread safety: free functions without shared state.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dsp/fields.h"
#include "ingest/decode.h"
#include "ingest/failure.h"
#include "ingest/level_meter.h"

namespace hitscope::ingest {

struct QuarantineRules {
  double min_duration_s = 0.05;     ///< recordings shorter than this are rejected, seconds
  double silence_db = -60.0;        ///< recordings with a peak below this are silent, dB of full scale
  double max_clipped_share = 0.05;  ///< largest share of samples at the extremes of a clip whose peak is 0.999 or
                                    ///< above, 0 to 1
  bool keep_silent = false;         ///< accept silence
  bool keep_constant = false;       ///< accept a signal whose samples are all equal (DC only)
  bool keep_clipped = false;        ///< accept clipping
  bool keep_wrong_length = false;   ///< accept fewer or more samples than the header says
  /// Throws FieldError naming field, value and rule.
  void validate() const { dsp::check_fields(*this); }

  template <typename Visit>
  static void describe(Visit&& visit) {
    using Q = QuarantineRules;
    visit(&Q::min_duration_s, {.name = "min_duration",
                               .help = "reject clips shorter than this",
                               .value = "SECONDS",
                               .rule = dsp::between(0, 86400)});
    visit(&Q::silence_db, {.name = "silence_db",
                           .help = "reject clips whose peak is below this, in dB of full scale",
                           .value = "DB",
                           .rule = dsp::between(-200, 0)});
    visit(&Q::max_clipped_share,
          {.name = "max_clipped",
           .help = "reject clips with more than this share of samples at one extreme, at or beyond full scale",
           .value = "SHARE",
           .rule = dsp::between(0, 1)});
    visit(&Q::keep_silent, {.name = "keep_silent", .help = "accept silent clips"});
    visit(&Q::keep_constant, {.name = "keep_constant", .help = "accept clips whose samples are all equal (DC)"});
    visit(&Q::keep_clipped, {.name = "keep_clipped", .help = "accept clipped clips"});
    visit(&Q::keep_wrong_length,
          {.name = "keep_wrong_length", .help = "accept clips longer or shorter than their header says"});
  }
};

/// The setting that accepts clips which failed as `kind`, e.g. "keep_silent"; empty for kinds that no setting accepts.
std::string_view accepting_setting(FailureKind kind);

/// The failure of `recording`, which it calls `name`, or nullopt. Failures (stage kDecode): kNotFinite, kTruncated,
/// kTooLong, kTooShort, kSilent, kConstant, kClipped. The mean over channels is checked: a stereo clip whose channels
/// cancel counts as silent, as its spectrogram is; see cancelled().
std::optional<Failure> quarantine(const Recording& recording, const std::string& name, const QuarantineRules& rules);
/// The same of a sound with these levels.
std::optional<Failure> quarantine(const StreamedSound& sound, const LevelMeter& levels, const std::string& name,
                                  const QuarantineRules& rules);

/// What to say instead of `failure`, which says that the mean over the channels of `bytes` is silent, where it is so
/// because the channels cancel; `failure` itself otherwise. Decodes the first channel alone.
Failure cancelled(Failure failure, std::span<const std::byte> bytes, const std::string& name,
                  const DecodeOptions& options);

}  // namespace hitscope::ingest
