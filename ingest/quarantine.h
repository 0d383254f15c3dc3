// Which decoded recordings are set aside, and why: nothing useless reaches a model unnoticed.
//
// Thread safety: a free function without shared state.
#pragma once

#include <optional>
#include <string>

#include "ingest/decode.h"
#include "ingest/failure.h"

namespace hitscope::ingest {

struct QuarantineRules {
  double min_duration_s = 0.05;  ///< shorter recordings are set aside, >= 0
  double silence_db = -60.0;     ///< peak below this, in decibels of full scale, is silence; <= 0
  double max_clipped_share =
      0.05;                        ///< more samples than this share at full scale (0.999 and above) is clipping, 0 to 1
  bool keep_silent = false;        ///< accept silence
  bool keep_clipped = false;       ///< accept clipping
  bool keep_constant = false;      ///< accept a signal that never moves (DC only)
  bool keep_wrong_length = false;  ///< accept fewer or more samples than the header says
  /// Throws std::invalid_argument naming field, value and rule.
  void validate() const;
};

/// What is wrong with `recording` (called `name` in the failure), or nullopt. Failures (stage kDecode): kNotFinite,
/// kTruncated, kTooLong, kTooShort, kSilent, kConstant, kClipped. The mean over channels is judged: a stereo clip whose
/// channels cancel is silent, because its spectrogram is.
std::optional<Failure> quarantine(const Recording& recording, const std::string& name, const QuarantineRules& rules);

}  // namespace hitscope::ingest
