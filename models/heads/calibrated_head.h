// A head whose probabilities are calibrated, or whose decision threshold is tuned, on the fold's validation rows.
//
// Wraps any head for classes; its files are the inner head's and NAME.calibration.json.
// Thread safety: as the head's.
#pragma once

#include <memory>

#include "models/evaluation/calibration.h"
#include "models/head.h"

namespace hitscope::models::heads {

/// For fitting. Throws std::invalid_argument where there is nothing to do, or `head` learns no classes.
std::unique_ptr<Head> make_calibrated_head(std::unique_ptr<Head> head, evaluation::Calibration calibration,
                                           evaluation::ThresholdMetric threshold);
/// For loading: `head`, or a calibrated one where `files` hold a calibration.
std::unique_ptr<Head> with_calibration_of(std::unique_ptr<Head> head, const HeadFiles& files);

}  // namespace hitscope::models::heads
