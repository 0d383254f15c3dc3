// What decode() and quarantine() promise whatever the bytes are; shared by the fuzzer, its regressions and ingest_test.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "ingest/decode.h"
#include "ingest/quarantine.h"

namespace hitscope::tests {

struct Outcome {
  std::optional<ingest::Recording> recording;  ///< accepted by quarantine(), or
  std::optional<ingest::Failure> failure;      ///< refused by it or by decode()
  std::string broken;                          ///< the promise that was not kept; empty where all were
};

/// 20 s of at most 8 channels; half_rate as DecodeOptions has it.
ingest::DecodeOptions bounded_options(int half_rate);

/// decode() and, where it succeeds, quarantine().
Outcome decode_and_judge(std::span<const std::byte> bytes, const ingest::DecodeOptions& options,
                         const ingest::QuarantineRules& rules = {});

}  // namespace hitscope::tests
