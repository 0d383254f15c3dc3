// `hitscope heads`: which heads there are, and what each of them takes.
// Thread safety: one run per process.
#pragma once

#include <string>

#include "apps/shell/verb.h"
#include "dsp/fields.h"

namespace hitscope::apps::heads {

struct HeadsRunConfig {
  std::string head;  ///< empty: all
  bool json = false;

  template <typename Visit>
  static void describe(Visit&& visit) {
    using C = HeadsRunConfig;
    visit(&C::head, {.name = "head", .help = "head to explain, with its parameters", .value = "NAME", .flag = "head"});
    visit(&C::json, {.name = "json", .help = "print one JSON object per head"});
  }
};

/// Throws std::invalid_argument for a head that does not exist.
shell::ExitCode run_heads(const HeadsRunConfig& config);

}  // namespace hitscope::apps::heads
