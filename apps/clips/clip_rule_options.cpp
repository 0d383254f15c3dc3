#include "apps/clips/clip_rule_options.h"

#include <CLI/CLI.hpp>

namespace hitscope::apps::clips {

void add_clip_rules(CLI::App& app, ClipRules& rules) {
  constexpr const char* kGroup = "Quarantine (clips set aside as failed rows)";
  const auto value = [&](const char* flag, auto& field, const char* words) {
    app.add_option(flag, field, words)->capture_default_str()->group(kGroup);
  };
  const auto keep = [&](const char* flag, bool& field, const char* words) {
    app.add_flag(flag, field, words)->group(kGroup);
  };
  ingest::QuarantineRules& q = rules.quarantine;
  value("--min-duration", q.min_duration_s, "shorter clips, s");
  value("--max-channels", rules.decode.max_channels, "clips of more channels");
  value("--silence-db", q.silence_db, "clips whose peak is below this, dB of full scale");
  value("--max-clipped", q.max_clipped_share, "clips with more than this share of samples at full scale");
  keep("--keep-silent", q.keep_silent, "accept silent clips");
  keep("--keep-constant", q.keep_constant, "accept clips that never move (DC)");
  keep("--keep-clipped", q.keep_clipped, "accept clipped clips");
  keep("--keep-wrong-length", q.keep_wrong_length, "accept clips longer or shorter than their header says");
}

}  // namespace hitscope::apps::clips
