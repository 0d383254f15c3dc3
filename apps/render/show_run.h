// `hitscope render FILE --show`: one picture of one file, nothing stored beside it.
// Thread safety: a free function without shared state.
#pragma once

#include "apps/render/render_run.h"

namespace hitscope::apps::render {

/// Draws FILE's name with .png into the folder of pictures (or the current one), over the file's own length up to the
/// settings' duration. Prints where it is. Throws UsageError for more than one file, or one that cannot be drawn.
shell::ExitCode run_show(const RenderRunConfig& config);

}  // namespace hitscope::apps::render
