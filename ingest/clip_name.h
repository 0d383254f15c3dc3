// The names that a ClipStore gives to clips: nothing else that a journal or a table names is opened in a store.
// Thread safety: free functions without shared state.
#pragma once

#include <string_view>

namespace hitscope::ingest {

inline constexpr const char* kClipFolder = "clips";

/// Whether `file` is the name of a clip with this hash: clips/hh/HASH and the extension of a format.
bool is_clip_name(std::string_view file, std::string_view sha256);
/// Whether `file` is such a name for some hash.
bool is_clip_name(std::string_view file);

}  // namespace hitscope::ingest
