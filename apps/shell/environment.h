// Numbers and words that launchers (Slurm, Open MPI, Kubernetes, torchrun) leave in the environment.
// Thread safety: free functions without shared state; they read the environment.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace hitscope::apps::shell {

/// A variable's text, or nullptr: as std::getenv, or a table of a test's.
using Environment = std::function<const char*(const char* name)>;
Environment process_environment();

/// All of `text` as a whole number.
std::optional<int> whole_number(std::string_view text);
/// Nothing where `name` is not set or empty.
std::optional<std::string> environment_text(const Environment& environment, const char* name);
/// Nothing where `name` is not set or empty. Throws UsageError naming it and its value where that is no whole number.
std::optional<int> environment_number(const Environment& environment, const char* name);

}  // namespace hitscope::apps::shell
