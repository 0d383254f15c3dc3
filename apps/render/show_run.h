// `hitscope render FILE --show`: draws one picture of one file and stores nothing else.
// Thread safety: a free function without shared state.
#pragma once

#include "apps/render/render_run.h"

namespace hitscope::apps::render {

/// Writes the picture, named like FILE but with .png, to the folder of pictures or the current one. It shows the file's
/// own length, at most the settings' duration. Prints the path. Throws UsageError for more than one file, or one that
/// cannot be drawn.
shell::ExitCode run_show(const RenderRunConfig& config);

}  // namespace hitscope::apps::render
