// Which clips are accepted, on a command line: shared by render and score.
// Thread safety: one thread.
#pragma once

#include "apps/clips/clip_reader.h"

namespace CLI {
class App;
}

namespace hitscope::apps::clips {

/// Adds --min-duration, --max-channels, --silence-db, --max-clipped and the --keep flags to `app`; `rules` must outlive
/// its parsing and holds the defaults.
void add_clip_rules(CLI::App& app, ClipRules& rules);

}  // namespace hitscope::apps::clips
