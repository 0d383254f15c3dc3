// A whole text file, for what the user names: a schema, a mapping, a file of a run.
// Thread safety: a free function without shared state.
#pragma once

#include <filesystem>
#include <string>

namespace hitscope::apps::shell {

/// Throws UsageError naming the file where it cannot be read.
std::string read_text(const std::filesystem::path& path);

}  // namespace hitscope::apps::shell
