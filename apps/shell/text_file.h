// A whole text file, for what the user names: a schema, a mapping, a file of a run.
// Thread safety: a free function without shared state.
#pragma once

#include "ingest/files.h"

namespace hitscope::apps::shell {

using ingest::read_text;

}  // namespace hitscope::apps::shell
